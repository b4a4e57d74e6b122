import type { EntriesRepository } from "../entries/repository.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { Keyring } from "../storage/keyring.js";
import { ContentEncryption } from "./content-encryption.js";
import { formatBytes, formatCount, type OnProgress } from "../platform/progress.js";
import type { EncryptionRepository, KeyUse } from "./repository.js";
import { KeyRotation } from "./rotation.js";

interface Deps {
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly blobs: BlobStore;
  readonly references: BlobReferences;
  readonly quarantine: BlobQuarantine;
  readonly repository: EncryptionRepository;
  readonly keyring: Keyring;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Shows progress that is counted in keys or in bytes. */
  readonly showProgress: Readonly<Record<"keys" | "bytes", OnProgress>>;
}

/** No key is configured that something could be encrypted with. `message` says what to do. */
export class NoKeyError extends Error {
  constructor() {
    super("ENCRYPTION_KEYS names no key: see docs/encryption.md");
  }
}

/** What an operator can do about encryption. Each command resolves to whether everything is as it should be afterwards. */
export class EncryptionCommands {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async status(): Promise<boolean> {
    const { repository, keyring, say } = this.#deps;
    say(`Current key: ${keyring.currentKeyId ?? "none, new content is stored as it comes"}`);
    const use = await repository.listUse();
    for (const line of use) say(`  ${this.#describe(line)}`);
    if (use.length === 0) say("  nothing is stored");
    const uploads = await repository.countUploads();
    if (uploads > 0) say(`Uploads on their way in: ${formatCount(uploads)}`);
    const used = await repository.listKeyIds();
    return used.every((keyId) => keyring.has(keyId));
  }

  /** @throws {@link NoKeyError} */
  async rotate(): Promise<boolean> {
    const { keyring, say, showProgress } = this.#deps;
    const currentKeyId = this.#currentKeyId();
    say(`Wrapping all data keys with ${currentKeyId}`);
    const onProgress = showProgress.keys;
    const rotation = new KeyRotation({ ...this.#deps, keyring, currentKeyId, onProgress });
    const { rewrapped, remaining, faults } = await rotation.run();
    this.#sayFaults(faults);
    say(`Wrapped anew: ${counted(rewrapped, "data key")}`);
    if (remaining > 0) say(`With another key still: ${counted(remaining, "blob")}. Run this again`);
    return remaining === 0 && faults.length === 0;
  }

  /** @throws {@link NoKeyError} */
  async encrypt(): Promise<boolean> {
    const { say, showProgress } = this.#deps;
    say(`Encrypting unencrypted blobs with ${this.#currentKeyId()}`);
    const onProgress = showProgress.bytes;
    const encryption = new ContentEncryption({ ...this.#deps, onProgress });
    const { blobs, bytes, left, faults } = await encryption.run();
    this.#sayFaults(faults);
    say(`Encrypted: ${counted(blobs, "blob")}, ${formatBytes(bytes)}`);
    if (left > 0) say(`On their way in: ${counted(left, "blob")}. Run this again later`);
    return left === 0 && faults.length === 0;
  }

  #currentKeyId(): string {
    const { currentKeyId } = this.#deps.keyring;
    if (currentKeyId === undefined) throw new NoKeyError();
    return currentKeyId;
  }

  #describe({ keyId, blobs, storedBytes }: KeyUse): string {
    const amount = `${counted(blobs, "blob")}, ${formatBytes(storedBytes)}`;
    if (keyId === null) return `not encrypted: ${amount}`;
    return `${keyId}: ${amount}${this.#deps.keyring.has(keyId) ? "" : ", KEY NOT CONFIGURED"}`;
  }

  #sayFaults(faults: readonly string[]): void {
    for (const fault of faults) this.#deps.say(`fault: ${fault}`);
  }
}

const counted = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
