import { Binary, Long } from "mongodb";
import type { Reservation } from "../../quota/reservation.js";
import type { WrittenBlob } from "../../storage/blob-writer.js";
import type { ResumableBlobs } from "../../storage/resumable-blobs.js";
import type { Checkpoint, ResumableWriter } from "../../storage/resumable-writer.js";
import { StaleWriterError } from "../../storage/stale-writer.js";
import type { Aborter } from "../aborter.js";
import type { Checksum } from "./checksum.js";
import {
  ChecksumMismatchError,
  ContentTooLargeError,
  UploadPublishedError,
  UploadTakenOverError,
} from "../errors.js";
import type { Lease } from "./lease.js";
import type { Published } from "../late-publishing.js";
import type { Publisher } from "../publisher.js";
import type { UploadsRepository } from "../repository.js";
import { NOTHING_HELD, unfinishedBlob } from "./unfinished-blob.js";
import { decidedUpload, type ResumableUploadDoc } from "../upload.js";

/** How many bytes may have to be sent again when a web process dies. */
const CHECKPOINT_BYTES = 8 * 1024 ** 2;

/** Bytes as they arrive; throws the signal's reason when it is aborted, even while the sender is silent. */
export type Content = (signal: AbortSignal) => AsyncIterable<Buffer>;

export interface ResumableUploadDeps {
  readonly uploads: UploadsRepository;
  readonly blobs: ResumableBlobs;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly now: () => Date;
  /** How long the lease of a decision is, as for other uploads. */
  readonly leaseMs: number;
  /** How long an upload is kept after its last byte. */
  readonly expiryMs: number;
  readonly maxFileBytes: number;
}

interface Held {
  readonly upload: ResumableUploadDoc;
  readonly lease: Lease;
  readonly reservation: Reservation;
}

/** A resumable upload in the hands of one request. What it stores counts, however the request ends. */
export class ResumableUpload {
  readonly #deps: ResumableUploadDeps;
  readonly #lease: Lease;
  readonly #reservation: Reservation;
  #upload: ResumableUploadDoc;
  #published: Published | undefined;

  constructor(deps: ResumableUploadDeps, { upload, lease, reservation }: Held) {
    this.#deps = deps;
    this.#upload = upload;
    this.#lease = lease;
    this.#reservation = reservation;
  }

  /** How the ledger has the upload. */
  get upload(): ResumableUploadDoc {
    return this.#upload;
  }

  /** What became of it, once its last byte was stored here. */
  get published(): Published | undefined {
    return this.#published;
  }

  /** Says how long an upload will be whose length was not known. @throws ContentTooLargeError, UploadTakenOverError */
  async declareLength(bytes: number): Promise<void> {
    const { uploads, maxFileBytes } = this.#deps;
    if (bytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
    await this.#reservation.cover(bytes);
    if (!(await uploads.declareLength(this.#upload, bytes))) throw new UploadTakenOverError();
    this.#upload = { ...this.#upload, expectedBytes: Long.fromNumber(bytes) };
  }

  /**
   * Stores more bytes, and publishes the upload when they are the last. One that is whole takes no more. When the sender breaks off, what arrived is kept, but
   * nothing of what has a checksum that could not be verified.
   *
   * @throws ChecksumMismatchError, DigestMismatchError, ContentTooLargeError, QuotaExceededError, PreconditionFailedError, NameTakenError,
   * UploadTakenOverError, and whatever `content` throws.
   */
  async append(content: Content, checksum?: Checksum): Promise<void> {
    if (this.#isFinished()) return;
    try {
      await this.#append(content, checksum);
    } catch (error) {
      throw error instanceof StaleWriterError ? new UploadTakenOverError() : error;
    }
  }

  /**
   * Gives the upload up: everything that was stored goes.
   *
   * @throws UploadPublishedError when its content is a file's.
   */
  async remove(): Promise<void> {
    if (this.#upload.state !== "receiving") throw new UploadPublishedError();
    await this.#deps.aborter.abort(this.#upload);
  }

  release(): Promise<void> {
    return this.#lease.release();
  }

  async #append(content: Content, checksum: Checksum | undefined): Promise<void> {
    const writer = await this.#deps.blobs.resumeWriter(unfinishedBlob(this.#upload));
    try {
      await this.#receive(content, writer, checksum);
    } catch (error) {
      if (checksum === undefined) await this.#keepQuietly(writer);
      else await writer.discard().catch(() => undefined);
      throw error;
    }
    await this.#verify(writer, checksum);
    if (this.#isWhole(writer.offset)) await this.#finish(writer);
    else await this.#keep(writer);
  }

  async #verify(writer: ResumableWriter, checksum: Checksum | undefined): Promise<void> {
    try {
      checksum?.verify();
    } catch (error) {
      await writer.discard();
      throw error;
    }
  }

  async #receive(
    content: Content,
    writer: ResumableWriter,
    checksum: Checksum | undefined,
  ): Promise<void> {
    let keptOffset = writer.offset;
    for await (const bytes of content(this.#lease.signal)) {
      await this.#checkRoom(writer.offset + bytes.length);
      checksum?.update(bytes);
      await writer.append(bytes);
      if (checksum !== undefined || writer.offset - keptOffset < CHECKPOINT_BYTES) continue;
      await this.#keep(writer);
      keptOffset = writer.offset;
    }
  }

  async #checkRoom(totalBytes: number): Promise<void> {
    const { maxFileBytes } = this.#deps;
    const { expectedBytes } = this.#upload;
    const limitBytes = expectedBytes === null ? maxFileBytes : Number(expectedBytes);
    if (totalBytes > limitBytes) throw new ContentTooLargeError(limitBytes);
    if (!(await this.#reservation.cover(totalBytes))) throw new UploadTakenOverError();
  }

  /** Whether the last byte was stored, and all was done that comes of it. */
  #isFinished(): boolean {
    const { state, resumable } = this.#upload;
    return state !== "receiving" || resumable.digestState.length() === 0;
  }

  #isWhole(offset: number): boolean {
    const { expectedBytes } = this.#upload;
    return expectedBytes !== null && offset === Number(expectedBytes);
  }

  /** Records in the ledger what is stored. */
  async #keep(writer: ResumableWriter): Promise<void> {
    try {
      await this.#advance(await writer.checkpoint());
    } catch (error) {
      if (error instanceof UploadTakenOverError) await writer.discard();
      throw error;
    }
  }

  async #advance(checkpoint: Checkpoint): Promise<void> {
    const { uploads, blobs, now, expiryMs } = this.#deps;
    const { offset, tail, tailBytes, digestState } = blobs.hold(this.#upload, checkpoint);
    const touchedAt = now();
    const resumable = {
      ...this.#upload.resumable,
      offset: Long.fromNumber(offset),
      tail: new Binary(tail),
      tailBytes,
      digestState: new Binary(digestState),
      touchedAt,
    };
    const expiresAt = new Date(touchedAt.getTime() + expiryMs);
    const isKept = await uploads.advance(this.#upload, resumable, expiresAt);
    if (!isKept) throw new UploadTakenOverError();
    this.#upload = { ...this.#upload, resumable };
  }

  /** The client hears of the error that ended its request, not of this one. */
  async #keepQuietly(writer: ResumableWriter): Promise<void> {
    await this.#keep(writer).catch(() => undefined);
  }

  async #finish(writer: ResumableWriter): Promise<void> {
    const { blobs, aborter } = this.#deps;
    const written = await writer.finish();
    const { claimedSha256, isPart } = this.#upload.resumable;
    if (claimedSha256 !== null && claimedSha256 !== written.sha256) {
      await aborter.abort(this.#upload);
      throw new ChecksumMismatchError("sha256");
    }
    await blobs.commit(unfinishedBlob(this.#upload), written);
    if (isPart) await this.#advance({ offset: written.sizeBytes, ...NOTHING_HELD });
    else await this.#publish(written);
  }

  async #publish(written: WrittenBlob): Promise<void> {
    const { uploads, publisher, now, leaseMs } = this.#deps;
    const leaseUntil = new Date(now().getTime() + leaseMs);
    const decided = decidedUpload(this.#upload, written, leaseUntil);
    this.#published = await publisher.publishFirst(decided, {
      after: { decided: uploads.decision(decided) },
      reservedBytes: this.#reservation.reservedBytes,
    });
    if (this.#published === undefined) throw new UploadTakenOverError();
    this.#upload = decided;
  }
}
