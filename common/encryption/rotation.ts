import { EncryptionKeyError } from "../storage/errors.js";
import type { Keyring } from "../storage/keyring.js";
import type { OnProgress } from "../platform/progress.js";
import type { EncryptionRepository, KeptKey } from "./repository.js";

interface Deps {
  readonly repository: EncryptionRepository;
  readonly keyring: Keyring;
  /** The id of the master key that all data keys are to be wrapped with. */
  readonly currentKeyId: string;
  readonly signal: AbortSignal;
  /** Told in data keys. */
  readonly onProgress: OnProgress;
}

/** What a rotation did. */
export interface Rotated {
  /** How many data keys were wrapped anew. */
  readonly rewrapped: number;
  /** How many blobs have another key still: those at fault, and those that were committed meanwhile. */
  readonly remaining: number;
  readonly faults: readonly string[];
}

/**
 * Wraps every data key with the current master key; no content is read or written. May be interrupted and repeated: what is
 * wrapped with the current key already is skipped.
 */
export class KeyRotation {
  readonly #deps: Deps;
  readonly #faults: string[] = [];
  #rewrapped = 0;
  #total = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws Whatever `signal` is aborted with. */
  async run(): Promise<Rotated> {
    const { repository, currentKeyId } = this.#deps;
    this.#total = await repository.countOtherKeys(currentKeyId);
    this.#tell();
    for (const keyId of await repository.listKeyIds()) {
      if (keyId !== currentKeyId) await this.#replaceKey(keyId);
    }
    const remaining = await repository.countOtherKeys(currentKeyId);
    return { rewrapped: this.#rewrapped, remaining, faults: this.#faults };
  }

  /** Uploads first: one that is committed meanwhile is then found among the blobs. */
  async #replaceKey(keyId: string): Promise<void> {
    const { repository } = this.#deps;
    await this.#rewrapAll(await repository.listUploadKeys(keyId));
    let keys = await repository.listBlobKeys(keyId, null);
    for (let last = keys.at(-1); last !== undefined; last = keys.at(-1)) {
      await this.#rewrapAll(keys);
      keys = await repository.listBlobKeys(keyId, last.blobId);
    }
  }

  async #rewrapAll(keys: readonly KeptKey[]): Promise<void> {
    const { keyring, repository, signal } = this.#deps;
    for (const kept of keys) {
      signal.throwIfAborted();
      try {
        const wrapped = keyring.rewrap(kept.blobId, kept.wrapped);
        if (await repository.replaceKey(kept, wrapped)) this.#rewrapped += 1;
        this.#tell();
      } catch (error) {
        if (!(error instanceof EncryptionKeyError)) throw error;
        this.#faults.push(`${kept.in} ${kept.id}, key ${error.keyId}: ${error.reason}`);
      }
    }
  }

  #tell(): void {
    const done = this.#rewrapped;
    this.#deps.onProgress({ done, total: Math.max(done, this.#total) });
  }
}
