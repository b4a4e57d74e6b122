import { signal } from "@preact/signals";
import { say } from "../parts/toasts.js";
import { faultText } from "../words/problems.js";
import { place } from "../routing/place.js";
import type { Selection } from "./chosen.js";
import { remembersAny } from "./remembered.js";
import { uploadWords } from "./words.js";

/** Whether there is something to show in the panel: uploads of this page, or interrupted ones of an earlier. */
export const hasUploads = signal(remembersAny());

/** The folder that a person sees: what they drop, paste or choose goes there. */
export function presentFolder(): string {
  const [room, id] = place.value.path;
  return (room === "folder" ? id : undefined) ?? "root";
}

/** Uploads what a person has chosen. What sends it is loaded now. */
export async function startUpload(
  selection: Selection | Promise<Selection>,
  folderId = presentFolder(),
): Promise<void> {
  const t = uploadWords.value;
  try {
    const [{ addFiles }, chosen] = await Promise.all([import("./queue.js"), selection]);
    const { files, unreadable } = chosen;
    if (unreadable.length > 0) {
      say(t.unreadable(unreadable.map((path) => path.join("/"))), { isFault: true });
    }
    hasUploads.value = true;
    await addFiles(files, folderId, chosen);
  } catch (error) {
    say(faultText(error), { isFault: true });
  }
}
