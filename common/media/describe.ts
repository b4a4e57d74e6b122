import type { Details } from "../inspection/details.js";
import { type Describer, describerOf } from "./describable.js";
import { describeImage } from "./describe-image.js";
import type { MediaOutcome, MediaTask } from "./task.js";

type Describe = (task: MediaTask) => Promise<Details>;

/** What is seldom needed is loaded when it is. */
const DESCRIBERS: Readonly<Record<Describer, () => Promise<Describe>>> = {
  image: () => Promise.resolve(describeImage),
  heic: async () => (await import("./describe-heic.js")).describeHeic,
  pdf: async () => (await import("./describe-pdf.js")).describePdf,
  recording: async () => (await import("./describe-recording.js")).describeRecording,
};

/** Reads what an image, a recording or a PDF says of itself. */
export async function describeMedia(task: MediaTask): Promise<MediaOutcome<"describe">> {
  const describer = describerOf(task.type);
  if (describer === undefined) return { outcome: "unsupported" };
  const describe = await DESCRIBERS[describer]();
  try {
    return { outcome: "done", answer: await describe(task) };
  } catch {
    return { outcome: "invalid", reason: "the content is damaged" };
  }
}
