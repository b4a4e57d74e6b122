import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { Reservation } from "../quota/reservation.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { Aborter } from "./aborter.js";
import { ClaimedDigests, type DigestClaims, NO_CLAIMS } from "./claimed-digests.js";
import type { Admitted } from "./admission.js";
import { concludeUpload, type OnPublished } from "./conclude.js";
import { ContentTooLargeError, IncompleteContentError, UploadExpiredError } from "./errors.js";
import type { Published, Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import { decidedUpload, type UploadDoc } from "./upload.js";

export interface StreamedUploadDeps {
  readonly uploads: UploadsRepository;
  readonly writes: OrderedWrites;
  readonly blobs: BlobStore;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly now: () => Date;
  readonly leaseMs: number;
  readonly maxFileBytes: number;
  readonly onPublished: OnPublished;
}

/**
 * One upload of any size between its first line in the ledger and its file: `receive`, then `publish`; or `abort` at any time before
 * it is published. Until then its lease is renewed, so the sweep knows that somebody works on it.
 */
export class StreamedUpload {
  readonly #deps: StreamedUploadDeps;
  readonly #upload: UploadDoc;
  readonly #reservation: Reservation;
  readonly #renewal: NodeJS.Timeout;
  #written: WrittenBlob | undefined;

  constructor(deps: StreamedUploadDeps, { upload, reservation }: Admitted) {
    this.#deps = deps;
    this.#upload = upload;
    this.#reservation = reservation;
    this.#renewal = setInterval(() => void this.#renewLease(), deps.leaseMs / 3);
    this.#renewal.unref();
  }

  /**
   * Stores the content and commits it as a blob that nobody sees yet. When that fails, everything is removed before the
   * error is thrown on.
   *
   * @param claims - What the client says that its digests are: all of them have to be right.
   * @throws ContentTooLargeError, IncompleteContentError, DigestMismatchError, QuotaExceededError, UploadExpiredError, and
   * whatever `content` throws.
   */
  async receive(content: AsyncIterable<Buffer>, claims: DigestClaims = NO_CLAIMS): Promise<void> {
    const { blobs } = this.#deps;
    const digests = new ClaimedDigests(claims);
    const writer = blobs.openWriter(this.#upload);
    try {
      let receivedBytes = 0;
      for await (const bytes of content) {
        receivedBytes += bytes.length;
        await this.#checkRoom(receivedBytes);
        digests.update(bytes);
        await writer.append(bytes);
      }
      this.#checkLength(receivedBytes);
      this.#written = await writer.finish();
      digests.verify(this.#written.sha256);
      await blobs.commit(this.#upload, this.#written);
    } catch (error) {
      await writer.quiesce();
      await this.#abortQuietly();
      throw error;
    }
  }

  /** What was received; `undefined` before all of it was. */
  get received(): WrittenBlob | undefined {
    return this.#written;
  }

  /**
   * Shows what was received under its name.
   *
   * @throws PreconditionFailedError, NameTakenError; nothing is stored then.
   * @throws UploadExpiredError when the lease was lost.
   */
  async publish(): Promise<Published> {
    const { uploads, writes, publisher } = this.#deps;
    clearInterval(this.#renewal);
    if (this.#written === undefined) throw new Error("Nothing was received to publish");
    const decided = decidedUpload(this.#upload, this.#written, this.#leaseEnd());
    const first = publisher.firstTry(decided, this.#reservation.heldBytes);
    const results = await writes.run({ decided: uploads.decision(decided), ...first.writes });
    if (results.decided === undefined) throw new UploadExpiredError();
    return concludeUpload(this.#deps, decided, () => first.finish(results));
  }

  /** Removes everything that was stored. Does nothing once the upload is published. */
  async abort(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#deps.aborter.abort(this.#upload);
  }

  async #checkRoom(receivedBytes: number): Promise<void> {
    const { maxFileBytes } = this.#deps;
    if (receivedBytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
    if (!(await this.#reservation.cover(receivedBytes))) throw new UploadExpiredError();
  }

  #checkLength(receivedBytes: number): void {
    if (this.#upload.expectedBytes === null) return;
    const expectedBytes = Number(this.#upload.expectedBytes);
    if (receivedBytes !== expectedBytes) {
      throw new IncompleteContentError({ expectedBytes, receivedBytes });
    }
  }

  /** What cannot be removed now is removed by the sweep: the client hears of the first error, not of this one. */
  async #abortQuietly(): Promise<void> {
    await this.abort().catch(() => undefined);
  }

  #leaseEnd(): Date {
    return new Date(this.#deps.now().getTime() + this.#deps.leaseMs);
  }

  async #renewLease(): Promise<void> {
    // A renewal that fails is tried again in a third of the lease; a lost lease shows when publishing is decided.
    await this.#deps.uploads.renewLease(this.#upload, this.#leaseEnd()).catch(() => false);
  }
}
