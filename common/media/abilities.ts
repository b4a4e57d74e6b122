import { isPdfInstalled } from "./pdf-page.js";
import { hasFonts } from "./text-page.js";
import type { MediaOutcome } from "./task.js";

/** Finds out what this machine can do. No content is decoded. */
export async function mediaAbilities(): Promise<MediaOutcome<"abilities">> {
  return {
    outcome: "done",
    answer: { hasFonts: await hasFonts(), hasPdf: isPdfInstalled() },
  };
}
