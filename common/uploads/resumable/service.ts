import type { Actor } from "../../access/actor.js";
import { isPaidByOther, type Place } from "../../access/grants.js";
import type { Access } from "../../access/service.js";
import type { EntriesRepository } from "../../entries/repository.js";
import { NotFoundError } from "../../platform/errors.js";
import type { Id } from "../../platform/ids.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { Admission } from "../admission.js";
import {
  ConcatenationRunningError,
  FinalUploadError,
  UnfinishedPartError,
  UploadExpiredError,
} from "../errors.js";
import type { ResumableUploadDoc, UploadDoc } from "../upload.js";
import type { Leases } from "./lease.js";
import { newState, type ResumableIntent } from "./state.js";
import { ResumableUpload } from "./upload.js";

type UploadDeps = ConstructorParameters<typeof ResumableUpload>[0];

interface Deps extends UploadDeps {
  readonly admission: Admission;
  readonly leases: Leases;
  readonly entries: Pick<EntriesRepository, "findLiveFile">;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly access: Pick<Access, "pathOf">;
}

/** Finds an upload that is no longer `receiving`. */
type FindAgain = () => Promise<ResumableUploadDoc>;

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
   * @throws FinalUploadError, ConcatenationRunningError
   */
  async open(actor: Actor, uploadId: Id): Promise<ResumableUpload> {
    const known = await this.find(actor, uploadId);
    if (known.resumable.partIds !== null) throw new FinalUploadError();
    return this.#takeOver(known, () => this.find(actor, uploadId));
  }

  /** As {@link open}, to read how far an upload has come. A concatenation is not disturbed. @throws NotFoundError, UploadExpiredError */
  async look(actor: Actor, uploadId: Id): Promise<ResumableUpload> {
    const known = await this.find(actor, uploadId);
    const asFound = new ResumableUpload(this.#deps, { upload: known });
    if (known.resumable.partIds !== null) return asFound;
    try {
      return await this.#takeOver(known, () => this.find(actor, uploadId));
    } catch (error) {
      if (error instanceof ConcatenationRunningError) return asFound;
      throw error;
    }
  }

  /** As {@link open}, for a concatenation: no other request gets the part before it is released. @throws UnfinishedPartError */
  async openPart(actor: Actor, uploadId: Id): Promise<ResumableUpload> {
    const known = await this.find(actor, uploadId);
    if (!known.resumable.isPart) throw new UnfinishedPartError(uploadId);
    return this.#takeOver(known, () => this.find(actor, uploadId), { isExclusive: true });
  }

  /**
   * Removes an upload with all of its bytes: the actor's own, or one that somebody else makes into the actor's namespace.
   *
   * @throws NotFoundError, UploadExpiredError, ConcatenationRunningError
   * @throws UploadPublishedError when its bytes are a file's.
   */
  async remove(actor: Actor, uploadId: Id): Promise<void> {
    const byOther = await this.#findByOther(actor, uploadId);
    if (byOther !== undefined) return this.cancel(byOther);
    await this.#remove(await this.find(actor, uploadId), () => this.find(actor, uploadId));
  }

  /** Who pays may end an upload, also where its folder is gone. A link has the namespace of its owner, and not that right. */
  async #findByOther(actor: Actor, uploadId: Id): Promise<ResumableUploadDoc | undefined> {
    const { access, uploads } = this.#deps;
    if (actor.kind === "link") return undefined;
    const upload = await uploads.find(actor.home.ownerId, uploadId);
    const isOpen = isResumable(upload) && upload.state === "receiving";
    if (!isOpen || !isPaidByOther(upload)) return undefined;
    const isReached = actor.rootFolderId === null || (await access.pathOf(actor, upload)) !== null;
    return isReached ? upload : undefined;
  }

  /** As {@link remove}, for an admin, or for who pays: whosever it is, and although it has expired. */
  async cancel(known: ResumableUploadDoc): Promise<void> {
    await this.#remove(known, async () => {
      const upload = await this.#deps.uploads.find(known.ownerId, known._id);
      if (!isResumable(upload) || upload.state === "aborting") throw new NotFoundError("upload");
      return upload;
    });
  }

  async #remove(known: ResumableUploadDoc, findAgain: FindAgain): Promise<void> {
    const isFinal = known.resumable.partIds !== null;
    if (isFinal && known.state === "receiving") throw new ConcatenationRunningError();
    const upload = await this.#takeOver(known, findAgain);
    try {
      await upload.remove();
    } finally {
      await upload.release();
    }
  }

  /**
   * An upload that the actor has begun, in a folder that its credential may go to. One that has become a file is there as long as that
   * file.
   *
   * @throws NotFoundError
   * @throws UploadExpiredError when nothing arrived for too long.
   */
  async find(actor: Actor, uploadId: Id): Promise<ResumableUploadDoc> {
    const { access, uploads, entries, now } = this.#deps;
    const upload = await uploads.findByActor(actor.id, uploadId);
    if (!isResumable(upload) || upload.state === "aborting") throw new NotFoundError("upload");
    if ((await access.pathOf(actor, upload)) === null) throw new NotFoundError("upload");
    if (upload.state === "receiving" && upload.leaseUntil < now()) throw new UploadExpiredError();
    const fileId = await this.#shownIn(upload);
    if (fileId !== null && (await entries.findLiveFile(upload.ownerId, fileId)) === null)
      throw new NotFoundError("upload");
    return upload;
  }

  /** A file that is deleted before the ledger says that it shows the upload has confirmed the version. @returns `null` when no file has. */
  async #shownIn({ state, ownerId, fileId, versionId }: UploadDoc): Promise<Id | null> {
    if (state === "published") return fileId;
    if (state !== "publishing") return null;
    const version = await this.#deps.versions.find(ownerId, versionId);
    return version === null || version.state === "staged" ? null : version.fileId;
  }

  async #takeOver(
    known: ResumableUploadDoc,
    findAgain: FindAgain,
    { isExclusive = false } = {},
  ): Promise<ResumableUpload> {
    const { leases, uploads } = this.#deps;
    if (known.state !== "receiving") return new ResumableUpload(this.#deps, { upload: known });
    const lease = await leases.acquire(known._id, { isExclusive });
    try {
      const upload = (await uploads.raiseFencingToken(known)) ?? (await findAgain());
      return new ResumableUpload(this.#deps, { upload, lease });
    } catch (error) {
      await lease.release();
      throw error;
    }
  }
}

/** Whether other requests may continue an upload. */
export const isResumable = (upload: UploadDoc | null): upload is ResumableUploadDoc =>
  upload !== null && upload.resumable !== null;
