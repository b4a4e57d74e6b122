import { Long } from "mongodb";
import { ContentTooLargeError } from "../../platform/errors.js";
import type { Quota } from "../../quota/service.js";
import { StaleWriterError, type WrittenBlob } from "../../storage/blob-writer.js";
import {
  type BlobProgress,
  completeProgress,
  type ResumableBlobs,
  type ResumableWriter,
} from "../../storage/resumable-blobs.js";
import type { Aborter } from "../aborter.js";
import { ChecksumMismatchError, UploadPublishedError, UploadTakenOverError } from "../errors.js";
import { TypeNotAllowedError } from "../link-errors.js";
import type { Held, LinkUploads } from "../link-uploads.js";
import type { Publisher } from "../publisher.js";
import type { UploadsRepository } from "../repository.js";
import type { TypeChecks } from "../type-checks.js";
import { announcedOf, isReservedAsItComes, resumeReservation } from "../reserving.js";
import { decidedUpload, type ResumableUploadDoc, type Published } from "../upload.js";
import type { Checksum } from "./checksum.js";
import type { Lease } from "./lease.js";
import { storedProgress, unfinishedBlob } from "./state.js";

/** How many bytes a client may have to send again when a web process dies. */
const CHECKPOINT_BYTES = 8 * 1024 ** 2;

/** Nobody else wants the upload. */
const NEVER = new AbortController().signal;

/** Bytes as they arrive; throws the signal's reason when it is aborted, even while the sender is silent. */
type Content = (signal: AbortSignal) => AsyncIterable<Buffer>;

interface Deps {
  readonly uploads: UploadsRepository;
  readonly blobs: ResumableBlobs;
  readonly quota: Pick<Quota, "hold" | "resume">;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly linkUploads: Pick<LinkUploads, "covering">;
  readonly typeChecks: Pick<TypeChecks, "check">;
  readonly now: () => Date;
  /** How long the lease of a decision is, as for other uploads. */
  readonly leaseMs: number;
  /** How long an upload is kept after its last byte. */
  readonly expiryMs: number;
  readonly maxFileBytes: number;
}

interface Opened {
  readonly upload: ResumableUploadDoc;
  /** `undefined` when no other request can want the upload. */
  readonly lease?: Lease;
}

/** A resumable upload that one request works on. What it stores counts, however the request ends. */
export class ResumableUpload {
  readonly #deps: Deps;
  readonly #lease: Lease | undefined;
  #upload: ResumableUploadDoc;
  #reservation: Held | undefined;
  #published: Published | undefined;

  constructor(deps: Deps, { upload, lease }: Opened) {
    this.#deps = deps;
    this.#upload = upload;
    this.#lease = lease;
  }

  /** The ledger entry, as this request knows it. */
  get upload(): ResumableUploadDoc {
    return this.#upload;
  }

  /** How many bytes are stored. */
  get offset(): number {
    return Number(this.#upload.resumable.offset);
  }

  /** How many bytes there will be; `null` while the client has not said it. */
  get lengthBytes(): number | null {
    return announcedOf(this.#upload) ?? null;
  }

  /** Whether its parts are still being concatenated. */
  get isConcatenating(): boolean {
    return this.#upload.resumable.partIds !== null && this.#upload.state === "receiving";
  }

  /** The file that the upload has become; `undefined` until it is published. */
  get fileId(): string | undefined {
    if (this.#published !== undefined) return this.#published.file._id;
    return this.#upload.state === "published" ? this.#upload.fileId : undefined;
  }

  /** Sets the length of an upload that began without one. @throws ContentTooLargeError, QuotaExceededError, UploadTakenOverError */
  async declareLength(bytes: number): Promise<void> {
    const { uploads, maxFileBytes } = this.#deps;
    if (bytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
    const reservation = await this.#reserve();
    if (isReservedAsItComes(this.#upload)) await reservation.announce(bytes);
    else await reservation.cover(bytes);
    if (!(await uploads.declareLength(this.#upload, bytes))) throw new UploadTakenOverError();
    this.#upload = { ...this.#upload, expectedBytes: Long.fromNumber(bytes) };
  }

  /**
   * Stores more bytes, and publishes the upload with the last of them. An upload that is complete takes no more. When the client breaks
   * off, the bytes so far are kept; with a checksum all of them or none.
   *
   * @throws ChecksumMismatchError, DigestMismatchError, ContentTooLargeError, QuotaExceededError, PreconditionFailedError,
   * NameTakenError, UploadTakenOverError, and whatever `content` throws.
   */
  async append(content: Content, checksum?: Checksum): Promise<void> {
    if (this.#isFinished()) return;
    try {
      await this.#append(content, checksum);
    } catch (error) {
      throw error instanceof StaleWriterError ? new UploadTakenOverError() : error;
    }
  }

  /** Removes the upload with all of its bytes. @throws UploadPublishedError when they are a file's. */
  async remove(): Promise<void> {
    if (this.#upload.state !== "receiving") throw new UploadPublishedError();
    await this.#deps.aborter.abort(this.#upload);
  }

  /** Lets other requests work on the upload. */
  async release(): Promise<void> {
    await this.#lease?.release();
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
    if (writer.offset === this.lengthBytes) await this.#finish(writer);
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
    const reservation = await this.#reserve();
    const limitBytes = this.lengthBytes ?? this.#deps.maxFileBytes;
    let keptOffset = writer.offset;
    for await (const bytes of content(this.#lease?.signal ?? NEVER)) {
      const totalBytes = writer.offset + bytes.length;
      if (totalBytes > limitBytes) throw new ContentTooLargeError(limitBytes);
      if (!(await reservation.cover(totalBytes))) throw new UploadTakenOverError();
      checksum?.update(bytes);
      await writer.append(bytes);
      if (checksum !== undefined || writer.offset - keptOffset < CHECKPOINT_BYTES) continue;
      await this.#keep(writer);
      keptOffset = writer.offset;
    }
  }

  async #reserve(): Promise<Held> {
    const { quota, linkUploads } = this.#deps;
    this.#reservation ??= linkUploads.covering(
      this.#upload,
      await resumeReservation(quota, this.#upload),
    );
    return this.#reservation;
  }

  /** Whether the upload needs no more bytes, and nothing else of this request. */
  #isFinished(): boolean {
    const { state, resumable } = this.#upload;
    return state !== "receiving" || resumable.digestState.length() === 0;
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

  async #advance(progress: BlobProgress): Promise<void> {
    const { uploads, now, expiryMs } = this.#deps;
    const resumable = { ...this.#upload.resumable, ...storedProgress(progress) };
    const leaseUntil = new Date(now().getTime() + expiryMs);
    const isKept = await uploads.advance(this.#upload, resumable, leaseUntil);
    if (!isKept) throw new UploadTakenOverError();
    this.#upload = { ...this.#upload, resumable, leaseUntil };
  }

  /** The client is told the error that ended its request, not this one. */
  async #keepQuietly(writer: ResumableWriter): Promise<void> {
    await this.#keep(writer).catch(() => undefined);
  }

  async #finish(writer: ResumableWriter): Promise<void> {
    const { blobs, aborter, typeChecks } = this.#deps;
    const written = await writer.finish();
    const { claimedSha256, isPart } = this.#upload.resumable;
    if (claimedSha256 !== null && claimedSha256 !== written.sha256) {
      await aborter.abort(this.#upload);
      throw new ChecksumMismatchError("sha256");
    }
    await blobs.commit(unfinishedBlob(this.#upload), written);
    try {
      if (!isPart) await typeChecks.check(this.#upload);
      if (isPart) await this.#advance(completeProgress(written.sizeBytes));
      else await this.#publish(written);
    } catch (error) {
      // It may have been terminated before its blob was committed.
      if (error instanceof UploadTakenOverError) await aborter.removeForgotten(this.#upload);
      if (error instanceof TypeNotAllowedError) await aborter.abort(this.#upload);
      throw error;
    }
  }

  async #publish(written: WrittenBlob): Promise<void> {
    const { uploads, publisher, now, leaseMs } = this.#deps;
    const leaseUntil = new Date(now().getTime() + leaseMs);
    const decided = decidedUpload(this.#upload, written, leaseUntil);
    this.#published = await publisher.publishFirst(decided, {
      preceding: { decided: uploads.decision(decided) },
      reservedBytes: (await this.#reserve()).reservedBytes,
    });
    if (this.#published === undefined) throw new UploadTakenOverError();
    this.#upload = decided;
  }
}
