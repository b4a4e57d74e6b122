import type { Place } from "../access/grants.js";
import type { Id } from "../platform/ids.js";
import { IncomingUpload, type IncomingUploadDeps, MOST_BUFFERED_BYTES } from "./incoming-upload.js";
import type { ResumableState, UploadIntent } from "./upload.js";

interface Known {
  /** An id that others know the upload by, so that they can abort it. */
  readonly uploadId?: Id;
  readonly resumable?: ResumableState;
}

/** The way in for content that arrives in one go. */
export class Uploads {
  readonly #deps: IncomingUploadDeps;

  constructor(deps: IncomingUploadDeps) {
    this.#deps = deps;
  }

  /**
   * Admits an upload. It is entered in the ledger, and its bytes are reserved, before its first byte is read: unless it may turn out
   * to be small, its client does not wait for the answer, and nobody else knows its id. Then that waits until its size is known.
   *
   * @throws InvalidNameError, ContentTooLargeError, PreconditionFailedError, NameTakenError, QuotaExceededError, UploadExistsError;
   * nothing is stored then.
   */
  async admit(place: Place, intent: UploadIntent, known: Known = {}): Promise<IncomingUpload> {
    const { admission, leaseMs } = this.#deps;
    const draft = await admission.draft(place, intent, { ...known, leaseMs });
    const upload = new IncomingUpload(this.#deps, draft);
    const { expectedBytes = 0, expectsContinue = false } = intent;
    const isKnown = known.uploadId !== undefined;
    if (isKnown || expectsContinue || expectedBytes > MOST_BUFFERED_BYTES) await upload.enter();
    return upload;
  }
}
