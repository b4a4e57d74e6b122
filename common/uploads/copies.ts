import type { Granted, Place } from "../access/grants.js";
import type { FileEntry } from "../entries/entry.js";
import { copiedMetadata } from "../entries/metadata.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { WriteCondition } from "../entries/write-condition.js";
import { NotFoundError } from "../platform/errors.js";
import type { NamedWrites } from "../platform/ordered-writes.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { BlobReferences } from "../storage/blob-references.js";
import { DamagedContentError, QuarantinedError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import { inspectedOf, type VersionDoc } from "../versions/version.js";
import type { Aborter } from "./aborter.js";
import type { Admission, Draft, Known } from "./admission.js";
import type { Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import {
  type CopySource,
  decidedUpload,
  type Published,
  type UploadDoc,
  type UploadIntent,
} from "./upload.js";

interface Deps {
  readonly admission: Admission;
  readonly uploads: Pick<UploadsRepository, "decision">;
  readonly entries: Pick<EntriesRepository, "findLiveFile">;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly references: Pick<BlobReferences, "addition" | "isHeld">;
  readonly quarantine: Pick<BlobQuarantine, "find">;
  readonly publisher: Pick<Publisher, "publishFirst">;
  readonly aborter: Pick<Aborter, "abort" | "abortQuietly">;
  readonly leaseMs: number;
}

/** Names the file that a copy becomes. */
export interface CopyIntent extends Pick<UploadIntent, "name" | "onConflict" | "condition"> {
  /** The id of the new file, by which it is made once, however often it is tried. Default: a new one. */
  readonly newFileId?: FileEntry["_id"];
  /** What a request says that may be sent again. Default: nothing. */
  readonly known?: Pick<Known, "uploadId" | "before">;
}

/** What is copied. */
export interface Original {
  readonly file: FileEntry;
  /** One that the file shows, or has shown. */
  readonly version: VersionDoc;
}

/** Where a copy goes, and what it takes over beside the content. */
interface Target extends Pick<CopySource, "fileId" | "metadata"> {
  readonly place: Place;
  readonly intent: CopyIntent;
  readonly modifiedAt: Date;
}

/**
 * Uploads by reference: instead of receiving bytes, a new version holds the blob of another one. No byte of content is read or written.
 * Everything else is as for any upload, whatever process is killed: ledger entry, reservation, decision, publication.
 */
export class Copies {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a version of a file a file of its own. What the pipeline has found is taken over, and for a new file also what the owner says
   * about the original: its tags, description and properties, and when its content was made.
   *
   * @throws InvalidNameError, NameTakenError (also when there is a file with `newFileId`), PreconditionFailedError, QuotaExceededError; nothing is stored then.
   * @throws NotFoundError when the source was removed meanwhile.
   * @throws QuarantinedError when the source is in quarantine.
   * @throws DamagedContentError when its `blobs.files` document is missing.
   */
  copy(place: Place, intent: CopyIntent, { file, version }: Original): Promise<Published> {
    const isShown = file.versionId === version._id;
    const modifiedAt = isShown ? file.modifiedAt : madeAt(version);
    return this.#publish({ place, intent, modifiedAt, metadata: copiedMetadata(file) }, version);
  }

  /**
   * Makes an earlier version of a file its next one.
   *
   * @param place - The folder that the file lies in.
   * @throws As {@link copy}; {@link NotFoundError} also when the file was removed meanwhile.
   */
  restore(
    place: Place,
    { file, condition }: { file: Granted<FileEntry, "write">; condition: WriteCondition | null },
    source: VersionDoc,
  ): Promise<Published> {
    const { name, _id: fileId } = file.entry;
    const intent = { name, onConflict: "version", condition } as const;
    return this.#publish({ place, intent, modifiedAt: madeAt(source), fileId }, source);
  }

  async #publish(target: Target, source: VersionDoc): Promise<Published> {
    if (source.state === "quarantined") throw new QuarantinedError();
    const published = await this.#publishAtOnce(target, source);
    if (published !== undefined) return published;
    for (;;) {
      // One of the writes was refused. Now each either succeeds, or says why it does not.
      const current = await this.#findAgain(source);
      const again = await this.#publishEntered(target, current);
      if (again !== undefined) return again;
    }
  }

  /** Everything in one command. @returns `undefined` when one of the writes up to the decision was refused. */
  async #publishAtOnce(target: Target, source: VersionDoc): Promise<Published | undefined> {
    const { admission } = this.#deps;
    const draft = await this.#draft(target, source);
    const upload = admission.entryOf(draft);
    const bytes = Number(source.sizeBytes);
    const before = draft.before?.write;
    const { limitBytes } = draft;
    const entering = { before, ...admission.writesOf(upload, bytes, { limitBytes }) };
    return this.#decide(upload, source, { entering, reservedBytes: bytes });
  }

  /** @throws QuotaExceededError, NameTakenError */
  async #publishEntered(target: Target, source: VersionDoc): Promise<Published | undefined> {
    const draft = await this.#draft(target, source);
    const { upload, reservation } = await this.#deps.admission.enter(draft);
    const { reservedBytes } = reservation;
    return this.#decide(upload, source, { entering: {}, reservedBytes });
  }

  /** The reference comes before the decision: what is decided has its content, and is only ever published. */
  async #decide(
    upload: UploadDoc,
    source: VersionDoc,
    { entering, reservedBytes }: Entering,
  ): Promise<Published | undefined> {
    const { uploads, references, publisher, aborter } = this.#deps;
    const { blobId, versionId, leaseUntil } = upload;
    const { sha256, crc32 } = source;
    const received = { sizeBytes: Number(source.sizeBytes), sha256, crc32 };
    const decided = decidedUpload(upload, received, leaseUntil);
    const preceding = {
      ...entering,
      held: references.addition(blobId, { versionId, besideId: source._id }),
      decided: uploads.decision(decided),
    };
    try {
      const published = await publisher.publishFirst(decided, { preceding, reservedBytes });
      if (published === undefined) await aborter.abort(upload);
      return published;
    } catch (error) {
      // It stays if it was decided after all.
      await aborter.abortQuietly(upload);
      throw error;
    }
  }

  #draft(
    { place, intent: { newFileId, known, ...intent }, modifiedAt, fileId, metadata }: Target,
    version: VersionDoc,
  ): Promise<Draft> {
    const { claimedType, sizeBytes, blobId, _id: versionId } = version;
    const about = { claimedType, expectedBytes: Number(sizeBytes), modifiedAt };
    const inspected = inspectedOf(version);
    const source = {
      ...{ versionId, blobId },
      ...(inspected && { inspected }),
      ...(fileId && { fileId }),
      ...(metadata && { metadata }),
    };
    return this.#deps.admission.draft(
      place,
      { ...intent, ...about },
      { ...known, leaseMs: this.#deps.leaseMs, source, ...(newFileId && { newFileId }) },
    );
  }

  /** The source as it is now: encryption may have given it another blob. */
  async #findAgain({ ownerId, _id, fileId }: VersionDoc): Promise<VersionDoc> {
    const { versions, entries, references, quarantine } = this.#deps;
    const version = await versions.find(ownerId, _id);
    const file = await entries.findLiveFile(ownerId, fileId);
    if (version === null || version.purgingSince !== undefined || file === null) {
      throw new NotFoundError("version");
    }
    if ((await quarantine.find(version.blobId)) !== undefined) throw new QuarantinedError();
    if (!(await references.isHeld(version.blobId, _id))) {
      throw new DamagedContentError(version.blobId, "its blobs.files document is missing");
    }
    return version;
  }
}

interface Entering {
  readonly entering: NamedWrites;
  readonly reservedBytes: number;
}

const madeAt = ({ createdAt, modifiedAt = createdAt }: VersionDoc) => modifiedAt;
