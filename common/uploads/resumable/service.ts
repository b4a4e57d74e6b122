import type { Actor } from "../../access/actor.js";
import type { Place } from "../../access/grants.js";
import { NotFoundError } from "../../platform/errors.js";
import type { Id } from "../../platform/ids.js";
import type { Quota } from "../../quota/service.js";
import type { Admission } from "../admission.js";
import { UploadExpiredError } from "../errors.js";
import type { ResumableUploadDoc, UploadDoc } from "../upload.js";
import { newResumableState, type ResumableIntent } from "./intent.js";
import type { Leases } from "./lease.js";
import { ResumableUpload, type ResumableUploadDeps } from "./upload.js";

/** The actor that has begun an upload; no other actor finds it. */
type Uploader = Pick<Actor, "id">;

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

  /** @throws As `Uploads.admit`; nothing is stored then. */
  async create(place: Place, intent: ResumableIntent): Promise<Id> {
    const { admission, expiryMs: leaseMs, now } = this.#deps;
    const resumable = await newResumableState(intent, now());
    const draft = await admission.draft(place, intent, { leaseMs, resumable });
    return (await admission.enter(draft)).upload._id;
  }

  /**
   * Takes an upload over for this request: any other request that works on it loses it.
   *
   * @throws NotFoundError
   * @throws UploadExpiredError when nothing arrived for too long.
   */
  async open(actor: Uploader, uploadId: Id): Promise<ResumableUpload> {
    const { leases, uploads, quota, now } = this.#deps;
    const known = await this.find(actor, uploadId);
    if (known.state === "receiving" && known.leaseUntil < now()) throw new UploadExpiredError();
    const lease = await leases.acquire(uploadId);
    try {
      const upload = (await uploads.raiseFencingToken(known)) ?? (await this.find(actor, uploadId));
      const reservation = await quota.resume({ ownerId: upload.ownerId, uploadId });
      return new ResumableUpload(this.#deps, { upload, lease, reservation });
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** @throws NotFoundError */
  async find(actor: Uploader, uploadId: Id): Promise<ResumableUploadDoc> {
    const upload = await this.#deps.uploads.findByActor(actor.id, uploadId);
    if (!isResumable(upload) || upload.state === "aborting") throw new NotFoundError("upload");
    return upload;
  }
}

const isResumable = (upload: UploadDoc | null): upload is ResumableUploadDoc =>
  upload !== null && upload.resumable !== null;
