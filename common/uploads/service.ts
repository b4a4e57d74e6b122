import type { Actor } from "../access/actor.js";
import { type Id, newId } from "../platform/ids.js";
import type { UploadIntent } from "./admission.js";
import { IncomingUpload, type IncomingUploadDeps, MOST_HELD_BYTES } from "./incoming-upload.js";

/** The way in for content that comes in one request. */
export class Uploads {
  readonly #deps: IncomingUploadDeps;

  constructor(deps: IncomingUploadDeps) {
    this.#deps = deps;
  }

  /**
   * Lets an upload in. One that announces more than is held in memory, whose client waits to be let in, or whose id others know is
   * entered in the ledger, and its bytes are reserved, before the first of them is read.
   *
   * @param uploadId - Where others know it, who may come to give the upload up.
   * @throws As `Admission.prepare` and `Admission.enter`; nothing is stored then.
   */
  async begin(actor: Actor, intent: UploadIntent, uploadId?: Id): Promise<IncomingUpload> {
    const { admission, leaseMs } = this.#deps;
    const terms = { uploadId: uploadId ?? newId(), leaseMs, resumable: null };
    const upload = new IncomingUpload(this.#deps, await admission.prepare(actor, intent, terms));
    const { expectedBytes = 0, expectsContinue = false } = intent;
    const isAwaited = expectsContinue || uploadId !== undefined;
    if (isAwaited || expectedBytes > MOST_HELD_BYTES) await upload.enter();
    return upload;
  }
}
