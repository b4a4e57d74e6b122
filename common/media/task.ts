import type { Details } from "../inspection/details.js";
import type { PreviewImage } from "../storage/preview.js";

/** What previews this machine can make besides those of images. */
export interface MediaAbilities {
  readonly hasFonts: boolean;
  readonly hasPdf: boolean;
}

/** What each kind of task gives. */
export interface MediaAnswers {
  /** All sizes and formats. */
  readonly preview: readonly PreviewImage[];
  /** What it says of itself. */
  readonly describe: Details;
  /** What this machine can do. The task has neither type nor bytes. */
  readonly abilities: MediaAbilities;
  /** The beginning of its text. */
  readonly text: string;
}

export type MediaKind = keyof MediaAnswers;

/** What the media process is asked for. It never learns whose content it is, or what it is called. */
export interface MediaTask<K extends MediaKind = MediaKind> {
  readonly kind: K;
  /** What the content was found to be: a media type without parameters. */
  readonly type: string;
  /** The content, or as much of it as is needed. */
  readonly bytes: Uint8Array;
  /** Of all of the content. */
  readonly sizeBytes: number;
  /** How many pixels an image may have. */
  readonly maxPixels: number;
}

/** How a task ends that did not end the process. */
export type MediaOutcome<K extends MediaKind = MediaKind> =
  | { readonly outcome: "done"; readonly answer: MediaAnswers[K] }
  /** Nothing can be made of this type, or not on this machine. `reason` is plain English, where there is more to say. */
  | { readonly outcome: "unsupported"; readonly reason?: string }
  /** More pixels than are allowed. */
  | { readonly outcome: "too-large" }
  /** The content is damaged. `reason` is plain English, and names nothing of the machine. */
  | { readonly outcome: "invalid"; readonly reason: string };

/** What the process is sent. */
export interface MediaRequest {
  readonly id: number;
  readonly task: MediaTask;
}

/** What it sends: once that it is ready, then one for each request. */
export type MediaMessage =
  { readonly isReady: true } | { readonly id: number; readonly outcome: MediaOutcome };
