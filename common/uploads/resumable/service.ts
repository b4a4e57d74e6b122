import type { Actor } from "../../access/actor.js";
import type { Place } from "../../access/grants.js";
import { NotFoundError } from "../../platform/errors.js";
import type { Id } from "../../platform/ids.js";
import type { Admission } from "../admission.js";
import { UploadExpiredError } from "../errors.js";
import type { ResumableUploadDoc, UploadDoc } from "../upload.js";
import type { Leases } from "./lease.js";
import { newState, type ResumableIntent } from "./state.js";
import { ResumableUpload } from "./upload.js";

/** The actor that has begun an upload; no other actor finds it. */
type Uploader = Pick<Actor, "id">;

type UploadDeps = ConstructorParameters<typeof ResumableUpload>[0];

interface Deps extends UploadDeps {
  readonly admission: Admission;
  readonly leases: Leases;
}

/** The way in for content that comes in any number of requests, through any number of web processes. */
export class ResumableUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** No other request knows the upload until its client does. @throws As `Uploads.admit`; nothing is stored then. */
  async create(place: Place, intent: ResumableIntent): Promise<ResumableUpload> {
    const { admission, expiryMs: leaseMs } = this.#deps;
    const resumable = await newState(intent);
    const draft = await admission.draft(place, intent, { leaseMs, resumable });
    const { upload } = await admission.enter(draft);
    return new ResumableUpload(this.#deps, { upload: { ...upload, resumable } });
  }

  /**
   * Takes an upload over for this request: any other request that works on it loses it. Nobody works on one that is over.
   *
   * @throws NotFoundError
   * @throws UploadExpiredError when nothing arrived for too long.
   */
  async open(actor: Uploader, uploadId: Id): Promise<ResumableUpload> {
    const { leases, uploads, now } = this.#deps;
    const known = await this.find(actor, uploadId);
    if (known.state !== "receiving") return new ResumableUpload(this.#deps, { upload: known });
    if (known.leaseUntil < now()) throw new UploadExpiredError();
    const lease = await leases.acquire(uploadId);
    try {
      const upload = (await uploads.raiseFencingToken(known)) ?? (await this.find(actor, uploadId));
      return new ResumableUpload(this.#deps, { upload, lease });
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
