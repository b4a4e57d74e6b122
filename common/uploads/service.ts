import type { Actor } from "../accounts/actor.js";
import { newId } from "../platform/ids.js";
import type { Admission, UploadIntent } from "./admission.js";
import { IncomingUpload, type IncomingUploadDeps } from "./incoming-upload.js";

interface Deps extends IncomingUploadDeps {
  readonly admission: Admission;
}

/** The way in for content that comes in one request. */
export class Uploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Enters an upload in the ledger and reserves its bytes, before the first of them is read.
   *
   * @param uploadId - Where somebody has to know it beforehand.
   * @throws As {@link Admission.enter}; nothing is stored then.
   */
  async begin(actor: Actor, intent: UploadIntent, uploadId = newId()): Promise<IncomingUpload> {
    const { admission, leaseMs } = this.#deps;
    const admitted = await admission.enter(actor, intent, { uploadId, leaseMs, resumable: null });
    return new IncomingUpload(this.#deps, admitted.upload, admitted.reservation);
  }
}
