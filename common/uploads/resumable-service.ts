import type { Actor } from "../access/actor.js";
import { NotFoundError } from "../platform/errors.js";
import { newId, type Id } from "../platform/ids.js";
import { resumeReservation } from "../quota/reservation.js";
import type { Quota } from "../quota/service.js";
import type { Admission } from "./admission.js";
import { UploadExpiredError } from "./errors.js";
import type { Leases } from "./lease.js";
import { newResumableState, type ResumableIntent } from "./resumable-intent.js";
import { ResumableUpload, type ResumableUploadDeps } from "./resumable-upload.js";
import type { ResumableUploadDoc } from "./upload.js";

interface Deps extends ResumableUploadDeps {
  readonly admission: Admission;
  readonly quota: Quota;
  readonly leases: Leases;
}

/** The way in for content that comes in any number of requests, through any number of web processes. */
export class ResumableUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** How long an upload is kept after its last byte, in milliseconds. */
  get expiryMs(): number {
    return this.#deps.expiryMs;
  }

  /** @throws As {@link Admission.enter}; nothing is stored then. */
  async create(actor: Actor, intent: ResumableIntent): Promise<Id> {
    const { admission, expiryMs, now } = this.#deps;
    const resumable = await newResumableState(intent, now());
    const terms = { uploadId: newId(), leaseMs: expiryMs, resumable };
    const { upload } = await admission.enter(await admission.prepare(actor, intent, terms));
    return upload._id;
  }

  /**
   * Takes an upload into this request's hands, out of any other's. One that is over has nobody to be taken from.
   *
   * @throws NotFoundError
   * @throws UploadExpiredError when it was left alone for too long.
   */
  async open(actor: Actor, uploadId: Id): Promise<ResumableUpload> {
    const { leases, ledger, quota, now } = this.#deps;
    const known = await this.find(actor, uploadId);
    if (known.state === "receiving" && known.leaseUntil < now()) throw new UploadExpiredError();
    const lease = await leases.acquire(uploadId);
    try {
      const upload =
        (await ledger.beginWriting(actor.home.ownerId, uploadId)) ??
        (await this.find(actor, uploadId));
      const key = { ownerId: actor.home.ownerId, uploadId };
      const reservation = await resumeReservation({ quota, ...key });
      return new ResumableUpload(this.#deps, { upload, lease, reservation });
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** @throws NotFoundError */
  async find(actor: Actor, uploadId: Id): Promise<ResumableUploadDoc> {
    const upload = await this.#deps.ledger.find(actor.home.ownerId, uploadId);
    if (upload === null || upload.state === "aborting") throw new NotFoundError("upload");
    return upload;
  }
}
