import { createHash } from "node:crypto";
import type { WrittenBlob } from "../storage/blob-writer.js";
import {
  type ClaimedDigest,
  ClaimedDigests,
  type DigestClaims,
  NO_CLAIMS,
} from "../uploads/claimed-digests.js";
import { isRefusedForWhatIsThere } from "../uploads/errors.js";
import type { IncomingUpload, UploadSteps } from "../uploads/incoming-upload.js";
import type { Published } from "../uploads/publisher.js";
import type { KeyedFile } from "./entry.js";
import { IdempotencyKeyReusedError } from "./errors.js";

/** An upload of a request with a key: what arrived is noted under the key before it is shown. */
export class KeyedUpload implements UploadSteps {
  readonly #upload: IncomingUpload;
  readonly #note: (received: WrittenBlob) => Promise<void>;
  #mayBeShown = false;

  /** @param note - Throws when another try works on the request by now. */
  constructor(upload: IncomingUpload, note: (received: WrittenBlob) => Promise<void>) {
    this.#upload = upload;
    this.#note = note;
  }

  /** Whether it was, or is going to be, published. */
  get mayBeShown(): boolean {
    return this.#mayBeShown;
  }

  receive(...given: Parameters<IncomingUpload["receive"]>): Promise<void> {
    return this.#upload.receive(...given);
  }

  async publish(): Promise<Published> {
    const { received } = this.#upload;
    if (received === undefined) throw new Error("Nothing was received to publish");
    await this.#note(received);
    this.#mayBeShown = true;
    try {
      return await this.#upload.publish();
    } catch (error) {
      this.#mayBeShown = !isRefusedForWhatIsThere(error);
      throw error;
    }
  }

  abort(): Promise<void> {
    return this.#upload.abort();
  }
}

/** A file that an earlier try has stored. What comes again is compared with it, and not stored. */
export class RepeatedUpload implements UploadSteps {
  readonly #content: NonNullable<KeyedFile["content"]>;
  readonly #published: Published | undefined;

  constructor(content: NonNullable<KeyedFile["content"]>, published: Published | undefined) {
    this.#content = content;
    this.#published = published;
  }

  /**
   * @throws IdempotencyKeyReusedError as soon as other content is announced or comes.
   * @throws DigestMismatchError when it is not what the repeat says about it, and whatever `content` throws.
   */
  async receive(content: AsyncIterable<Buffer>, claims: DigestClaims = NO_CLAIMS): Promise<void> {
    const sizeBytes = Number(this.#content.sizeBytes);
    if (claims.known.some((claim) => this.#isOther(claim))) throw new IdempotencyKeyReusedError();
    const digests = new ClaimedDigests(claims);
    const hash = createHash("sha256");
    let receivedBytes = 0;
    for await (const bytes of content) {
      receivedBytes += bytes.length;
      if (receivedBytes > sizeBytes) throw new IdempotencyKeyReusedError();
      hash.update(bytes);
      digests.update(bytes);
    }
    if (hash.digest("hex") !== this.#content.sha256) throw new IdempotencyKeyReusedError();
    digests.verify(this.#content.sha256);
  }

  publish(): Promise<Published> {
    if (this.#published === undefined) throw new Error("The first answer stands already");
    return Promise.resolve(this.#published);
  }

  /** What is stored stays. */
  abort(): Promise<void> {
    return Promise.resolve();
  }

  #isOther({ algorithm, digest }: ClaimedDigest): boolean {
    return algorithm === "sha-256" && digest.toString("hex") !== this.#content.sha256;
  }
}
