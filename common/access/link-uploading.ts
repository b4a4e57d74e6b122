import type { ClientTrace } from "../credentials/credential.js";
import type { Id } from "../platform/ids.js";

/** What may be uploaded by a link, as its owner has decided. `null` is no limit. */
export interface UploadLimits {
  readonly maxFileBytes: number | null;
  readonly maxBytes: number | null;
  readonly maxFiles: number | null;
  /** What the content may be found to be, such as `image/png` or `image/*`. */
  readonly types: readonly string[] | null;
  /** What names have to match, with `*` for any characters. */
  readonly namePattern: string | null;
}

/** How a link uploads. Every upload into a place that its actor was given is held to it. */
export interface LinkUploading {
  readonly linkId: Id;
  /** From where, and with which program. */
  readonly client: ClientTrace;
  /** `own`: a file that was made by this link gets its next version. All else that has the name stays, and the upload gets a numbered name. */
  readonly onConflict: "own" | "rename";
  /** `null`: only those of the owner's quota. */
  readonly limits: UploadLimits | null;
}

/** What tells who has made something. */
interface Made {
  readonly actorId: Id;
}

/** Whether two things were made by the same account, or by the same link. */
export const haveSameMaker = (one: Made, other: Made): boolean => one.actorId === other.actorId;
