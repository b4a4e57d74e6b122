import type { Place } from "../access/grants.js";
import type { Known } from "./admission.js";
import { IncomingUpload, type IncomingUploadDeps } from "./incoming-upload.js";
import type { UploadIntent } from "./upload.js";

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
    const { expectsContinue = false } = intent;
    await upload.enterFirst({ isAwaited: expectsContinue || known.uploadId !== undefined });
    return upload;
  }
}
