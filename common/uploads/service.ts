import type { Place } from "../access/grants.js";
import { ContentTooLargeError } from "../platform/errors.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { BlobWriter, WrittenBlob } from "../storage/blob-writer.js";
import { ClaimedDigests, type DigestClaims, NO_CLAIMS } from "../storage/claimed-digests.js";
import { digestOf } from "../storage/content-digest.js";
import { IncompleteContentError } from "../storage/errors.js";
import { joinPieces } from "../storage/frames.js";
import type { Aborter } from "./aborter.js";
import type { Admission, Draft, Known } from "./admission.js";
import { UploadExpiredError } from "./errors.js";
import { isLimited } from "./link-uploads.js";
import type { Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import type { TypeChecks } from "./type-checks.js";
import { decidedUpload, MOST_BUFFERED_BYTES } from "./upload.js";
import type { UploadDoc, UploadIntent, Published } from "./upload.js";

interface Deps {
  readonly admission: Admission;
  readonly uploads: UploadsRepository;
  readonly blobs: Pick<BlobStore, "openWriter" | "writesOf">;
  readonly typeChecks: Pick<TypeChecks, "commit" | "checkBuffered">;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly now: () => Date;
  readonly leaseMs: number;
  readonly maxFileBytes: number;
}

/** The way in for content that arrives in one go. */
export class Uploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Admits an upload. Normally the ledger entry and the reservation come before the first byte. They come later only when the content
   * may be small, the client does not wait for `100 Continue`, and the request has no idempotency key.
   *
   * @throws InvalidNameError, ContentTooLargeError, PreconditionFailedError, NameTakenError, QuotaExceededError, UploadTakenOverError;
   * nothing is stored then.
   */
  async admit(place: Place, intent: UploadIntent, known: Known = {}): Promise<IncomingUpload> {
    const { admission, leaseMs } = this.#deps;
    const draft = await admission.draft(place, intent, { ...known, leaseMs });
    const upload = new IncomingUpload(this.#deps, draft);
    const { expectedBytes = 0, expectsContinue = false } = intent;
    const isAwaited = expectsContinue || isLimited(place) || known.uploadId !== undefined;
    if (isAwaited || expectedBytes > MOST_BUFFERED_BYTES) await upload.enter();
    return upload;
  }
}

/** What a request does with content: `receive`, then `publish`; or `abort` at any time before that. */
export type Upload = Pick<IncomingUpload, "receive" | "publish" | "abort">;

/** What an upload has once it is in the ledger. */
type Entered = Awaited<ReturnType<Admission["enter"]>> & { readonly writer: BlobWriter };

/**
 * One upload between its admission and its file. Its content is buffered until it is larger than {@link MOST_BUFFERED_BYTES}; then,
 * or before its first byte where {@link Uploads.admit} says so, it is entered in the ledger, and from then on stored as it arrives. While
 * it is in the ledger its lease is renewed, so that the sweep leaves it alone.
 */
export class IncomingUpload {
  readonly #deps: Deps;
  readonly #draft: Draft;
  #buffered: Buffer[] = [];
  #entered: Entered | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #received: WrittenBlob | undefined;
  /** Whether the upload was taken away from this request: more bytes would be stored for nothing. */
  #isLost = false;

  constructor(deps: Deps, draft: Draft) {
    this.#deps = deps;
    this.#draft = draft;
  }

  /** Enters the upload in the ledger, and reserves its bytes. @throws As {@link Admission.enter}. */
  async enter(): Promise<Entered> {
    const { admission, aborter, blobs, leaseMs } = this.#deps;
    const { upload, reservation } = await admission.enter(this.#draft);
    try {
      this.#entered = { upload, reservation, writer: blobs.openWriter(upload) };
    } catch (error) {
      await aborter.abortQuietly(upload);
      throw error;
    }
    this.#renewal = setInterval(() => void this.#renewLease(upload), leaseMs / 3);
    this.#renewal.unref();
    return this.#entered;
  }

  /**
   * Takes all of the content, and commits what it has stored of it as a blob that no version names yet. When that fails, nothing of
   * it stays.
   *
   * @param claims - The digests that the client claims: each has to match.
   * @throws ContentTooLargeError, IncompleteContentError, DigestMismatchError, QuotaExceededError, UploadExpiredError, TypeNotAllowedError, and
   * whatever `content` throws.
   */
  async receive(
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
    claims: DigestClaims = NO_CLAIMS,
  ): Promise<void> {
    const { typeChecks, maxFileBytes } = this.#deps;
    const digests = new ClaimedDigests(claims);
    let receivedBytes = 0;
    try {
      for await (const bytes of content) {
        receivedBytes += bytes.length;
        if (receivedBytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
        digests.update(bytes);
        await this.#take(bytes, receivedBytes);
      }
      this.#checkLength(receivedBytes);
      const received = await this.#finish(receivedBytes);
      digests.verify(received.sha256);
      if (this.#entered === undefined) await typeChecks.checkBuffered(this.#buffered);
      else await typeChecks.commit(this.#entered.upload, received);
      this.#received = received;
    } catch (error) {
      await this.#entered?.writer.quiesce();
      // What cannot be removed now is removed later: the client hears of the first error, not of this one.
      await this.abort().catch(() => undefined);
      throw error;
    }
  }

  /** What was received; `undefined` until all of it was. */
  get received() {
    return this.#received;
  }

  /**
   * Shows what was received under its name.
   *
   * @throws PreconditionFailedError, NameTakenError, QuotaExceededError; nothing is stored then.
   * @throws UploadExpiredError when the lease was lost.
   */
  async publish(): Promise<Published> {
    const received = this.#received;
    if (received === undefined) throw new Error("Nothing was received to publish");
    let entered = this.#entered;
    if (entered === undefined) {
      const content = joinPieces(this.#buffered);
      const published = await this.#publishBuffered(content, received);
      if (published !== undefined) return published;
      // One of its writes was refused. As an upload of any other size it either succeeds, or throws the specific error.
      entered = await this.enter();
      await this.receive([content]);
    }
    return this.#publishEntered(entered, received);
  }

  /** Removes everything that was stored. Does nothing once the upload is published. */
  async abort(): Promise<void> {
    const entered = this.#entered;
    this.#end();
    if (entered !== undefined) await this.#deps.aborter.abort(entered.upload);
  }

  async #take(bytes: Buffer, receivedBytes: number): Promise<void> {
    if (this.#entered !== undefined) return this.#store(this.#entered, bytes, receivedBytes);
    this.#buffered.push(bytes);
    if (receivedBytes <= MOST_BUFFERED_BYTES) return;
    await this.#store(await this.enter(), joinPieces(this.#buffered), receivedBytes);
    this.#buffered = [];
  }

  async #store({ reservation, writer }: Entered, bytes: Buffer, totalBytes: number): Promise<void> {
    if (this.#isLost || !(await reservation.cover(totalBytes))) throw new UploadExpiredError();
    await writer.append(bytes);
  }

  #checkLength(receivedBytes: number): void {
    const expectedBytes = Number(this.#draft.upload.expectedBytes ?? receivedBytes);
    if (receivedBytes !== expectedBytes)
      throw new IncompleteContentError({ expectedBytes, receivedBytes });
  }

  async #finish(sizeBytes: number): Promise<WrittenBlob> {
    if (this.#entered !== undefined) return this.#entered.writer.finish();
    return { sizeBytes, ...digestOf(this.#buffered) };
  }

  /**
   * Enters, reserves, stores, commits, decides and publishes in one command: the same writes as of any other upload, in the same
   * order. So a crash leaves what it leaves of any other, and the sweep finishes it.
   *
   * @returns `undefined` when one of the writes up to the decision was refused; nothing is stored then.
   */
  async #publishBuffered(content: Buffer, received: WrittenBlob): Promise<Published | undefined> {
    const { admission, aborter, blobs, publisher, uploads } = this.#deps;
    const upload = admission.entryOf(this.#draft);
    const decided = decidedUpload(upload, received, upload.leaseUntil);
    const preceding = {
      ...admission.writesOf(upload, content.length, { limitBytes: this.#draft.limitBytes }),
      ...blobs.writesOf(upload, content, received),
      decided: uploads.decision(decided),
    };
    try {
      const first = { preceding, reservedBytes: content.length };
      const published = await publisher.publishFirst(decided, first);
      if (published === undefined) await aborter.abort(upload);
      return published;
    } catch (error) {
      // It stays if it was decided after all.
      await aborter.abortQuietly(upload);
      throw error;
    }
  }

  async #publishEntered(
    { upload, reservation }: Entered,
    received: WrittenBlob,
  ): Promise<Published> {
    const { publisher, uploads } = this.#deps;
    clearInterval(this.#renewal);
    const decided = decidedUpload(upload, received, this.#leaseEnd());
    const published = await publisher.publishFirst(decided, {
      preceding: { decided: uploads.decision(decided) },
      reservedBytes: reservation.reservedBytes,
    });
    if (published === undefined) throw new UploadExpiredError();
    this.#end();
    return published;
  }

  #end(): void {
    clearInterval(this.#renewal);
    this.#entered = undefined;
    this.#received = undefined;
  }

  #leaseEnd(): Date {
    return new Date(this.#deps.now().getTime() + this.#deps.leaseMs);
  }

  async #renewLease(upload: UploadDoc): Promise<void> {
    // A renewal that fails is tried again after a third of the lease.
    const isKept = await this.#deps.uploads.renewLease(upload, this.#leaseEnd()).catch(() => true);
    if (!isKept) this.#isLost = true;
  }
}
