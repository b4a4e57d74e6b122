import { mediaAbilities } from "./abilities.js";
import { describeMedia } from "./describe.js";
import { previewOf } from "./preview.js";
import { readText } from "./text.js";
import type { MediaKind, MediaOutcome, MediaTask } from "./task.js";

/** Does each kind of task. One that is missing does not compile. */
type MediaWork = { readonly [K in MediaKind]: (task: MediaTask<K>) => Promise<MediaOutcome<K>> };

const WORK: MediaWork = {
  preview: previewOf,
  describe: describeMedia,
  abilities: mediaAbilities,
  text: readText,
};

/** Does one task. Only the media process calls it: what it is given may crash it, or keep it busy for ever. */
export const doMediaTask = <K extends MediaKind>(task: MediaTask<K>): Promise<MediaOutcome<K>> =>
  WORK[task.kind](task);
