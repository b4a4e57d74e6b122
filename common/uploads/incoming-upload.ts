import { createHash } from "node:crypto";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { Admission, PreparedUpload } from "./admission.js";
import { ClaimedDigests, type DigestClaims, NO_CLAIMS } from "./claimed-digests.js";
import { readStart } from "./content-start.js";
import { IncompleteContentError } from "./errors.js";
import type { Published } from "./publisher.js";
import type { SmallUploads } from "./small-uploads.js";
import { StreamedUpload, type StreamedUploadDeps } from "./streamed-upload.js";

/** Content of at most so many bytes waits in memory until it is published. */
export const MOST_HELD_BYTES = 16 * 1024;

export interface IncomingUploadDeps extends StreamedUploadDeps {
  readonly admission: Admission;
  readonly smallUploads: SmallUploads;
}

/** What is done with content on its way in: `receive`, then `publish`; or `abort` at any time before that. */
export type UploadSteps = Pick<IncomingUpload, "receive" | "publish" | "abort">;

interface Held {
  readonly content: Buffer;
  readonly written: WrittenBlob;
}

/**
 * One upload that comes in one request: `receive`, then `publish`; or `abort` at any time before it is published. What turns out to
 * be small is held in memory, and nothing of it is stored before it is published; all else is streamed.
 */
export class IncomingUpload {
  readonly #deps: IncomingUploadDeps;
  readonly #prepared: PreparedUpload;
  #streamed: StreamedUpload | undefined;
  #held: Held | undefined;

  constructor(deps: IncomingUploadDeps, prepared: PreparedUpload) {
    this.#deps = deps;
    this.#prepared = prepared;
  }

  /** Enters the upload in the ledger, and reserves its bytes, before its size is seen. @throws As {@link Admission.enter}. */
  async enter(): Promise<StreamedUpload> {
    const admitted = await this.#deps.admission.enter(this.#prepared);
    this.#streamed = new StreamedUpload(this.#deps, admitted);
    return this.#streamed;
  }

  /**
   * Takes the content. When that fails, nothing of it stays.
   *
   * @param claims - What the client says that its digests are: all of them have to be right.
   * @throws As {@link Admission.enter} and {@link StreamedUpload.receive}.
   */
  async receive(content: AsyncIterable<Buffer>, claims: DigestClaims = NO_CLAIMS): Promise<void> {
    if (this.#streamed !== undefined) return this.#streamed.receive(content, claims);
    const start = await readStart(content, Math.min(MOST_HELD_BYTES, this.#deps.maxFileBytes));
    if (start.isAll) this.#hold(start.bytes, claims);
    else await (await this.enter()).receive(start.content, claims);
  }

  /** What was received; `undefined` before all of it was. */
  get received(): WrittenBlob | undefined {
    return this.#held?.written ?? this.#streamed?.received;
  }

  /**
   * Shows what was received under its name.
   *
   * @throws PreconditionFailedError, NameTakenError, QuotaExceededError; nothing is stored then.
   * @throws UploadExpiredError when the lease was lost.
   */
  async publish(): Promise<Published> {
    if (this.#held !== undefined) {
      const { content, written } = this.#held;
      const published = await this.#deps.smallUploads.publish(this.#prepared, content, written);
      if (published !== undefined) return published;
      // One write after the other finds a way, or says why there is none.
      await (await this.enter()).receive(inOnePiece(content));
    }
    if (this.#streamed === undefined) throw new Error("Nothing was received to publish");
    return this.#streamed.publish();
  }

  /** Removes everything that was stored. Does nothing once the upload is published. */
  async abort(): Promise<void> {
    await this.#streamed?.abort();
  }

  #hold(content: Buffer, claims: DigestClaims): void {
    const receivedBytes = content.length;
    const expectedBytes = Number(this.#prepared.upload.expectedBytes ?? receivedBytes);
    if (receivedBytes !== expectedBytes)
      throw new IncompleteContentError({ expectedBytes, receivedBytes });
    const digests = new ClaimedDigests(claims);
    digests.update(content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    digests.verify(sha256);
    this.#held = { content, written: { sizeBytes: receivedBytes, sha256 } };
  }
}

async function* inOnePiece(content: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield content;
}
