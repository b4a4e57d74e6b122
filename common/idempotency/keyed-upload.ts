import { isRefusedForItsPlace } from "../entries/errors.js";
import { createHash } from "node:crypto";
import type { WrittenBlob } from "../storage/blob-writer.js";
import {
  type ClaimedDigest,
  ClaimedDigests,
  type DigestClaims,
  NO_CLAIMS,
} from "../storage/claimed-digests.js";
import type { IncomingUpload, Upload } from "../uploads/service.js";
import type { Published } from "../uploads/upload.js";
import { type KeyedFile } from "./entry.js";
import { IdempotencyKeyReusedError } from "./errors.js";

/** An upload of a request with a key: what arrived is recorded under the key before it is published. */
export class KeyedUpload implements Upload {
  readonly #upload: IncomingUpload;
  readonly #record: (received: WrittenBlob) => Promise<void>;
  #mayBePublished = false;

  /** @param record - Throws when another try has taken the request over. */
  constructor(upload: IncomingUpload, record: (received: WrittenBlob) => Promise<void>) {
    this.#upload = upload;
    this.#record = record;
  }

  /** Whether it was published, or may still be. */
  get mayBePublished(): boolean {
    return this.#mayBePublished;
  }

  receive(...given: Parameters<IncomingUpload["receive"]>): Promise<void> {
    return this.#upload.receive(...given);
  }

  async publish(): Promise<Published> {
    const { received } = this.#upload;
    if (received === undefined) throw new Error("Nothing was received to publish");
    await this.#record(received);
    this.#mayBePublished = true;
    try {
      return await this.#upload.publish();
    } catch (error) {
      this.#mayBePublished = !isRefusedForItsPlace(error);
      throw error;
    }
  }

  abort(): Promise<void> {
    return this.#upload.abort();
  }
}

/** A file that an earlier try has stored. What arrives is compared with it, and not stored. */
export class RepeatedUpload implements Upload {
  readonly #content: NonNullable<KeyedFile["content"]>;
  readonly #published: Published | undefined;

  constructor(content: NonNullable<KeyedFile["content"]>, published: Published | undefined) {
    this.#content = content;
    this.#published = published;
  }

  /**
   * @throws IdempotencyKeyReusedError as soon as other content is announced or arrives.
   * @throws DigestMismatchError when the content does not match the digests that the repeat claims; and whatever `content` throws.
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
