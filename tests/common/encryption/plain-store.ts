import { randomBytes } from "node:crypto";
import { expect } from "@jest/globals";
import {
  ContentEncryption,
  type Encrypted,
} from "../../../common/encryption/content-encryption.js";
import type { OnProgress } from "../../../common/platform/progress.js";
import { EncryptionRepository } from "../../../common/encryption/repository.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { openRecords, type Records } from "../../../common/product.js";
import { type Bucket, CHUNK_SIZE_BYTES, openBucket } from "../../../common/storage/bucket.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { newKey } from "../../support/blobs.js";
import type { Client } from "../../support/client.js";
import type { FileJson } from "../../support/answer-json.js";
import type { World } from "../../support/world.js";

const key = newKey("k1");

/** An unencrypted file. */
export interface StoredFile {
  readonly client: Client;
  readonly content: Buffer;
  readonly file: FileJson;
  readonly version: VersionDoc;
}

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A world that stores as it comes, seen by an operator who has a key since lately. */
export class PlainStore {
  readonly #world: () => World;

  constructor(world: () => World) {
    this.#world = world;
  }

  get bucket(): Bucket {
    return openBucket(this.#world().mongo.db);
  }

  /** With the key. */
  get records(): Records {
    const { db } = this.#world().mongo;
    return openRecords({ db, settings: { encryptionKeys: [key] }, now: () => new Date() });
  }

  encrypt({ signal, onProgress }: RunOptions = {}): Promise<Encrypted> {
    const { storage, versions, entries } = this.records;
    return new ContentEncryption({
      versions,
      entries,
      blobs: storage.blobs,
      references: storage.references,
      quarantine: storage.quarantine,
      repository: new EncryptionRepository(this.#world().mongo.db),
      signal: signal ?? new AbortController().signal,
      onProgress: onProgress ?? (() => undefined),
    }).run();
  }

  /** Somebody new with a file. */
  async store(content = randomBytes(3 * CHUNK_SIZE_BYTES + 7)): Promise<StoredFile> {
    const client = await this.#world().member();
    const file = await client.store("a", content);
    await this.#world().settle();
    return { client, content, file, version: await this.versionOf(file) };
  }

  async versionOf(file: FileJson): Promise<VersionDoc> {
    const { db } = this.#world().mongo;
    const shown = await db.collection<FileEntry>("entries").findOne({ _id: file.id });
    const _id = shown?.versionId ?? "";
    const version = await db.collection<VersionDoc>("versions").findOne({ _id });
    if (version === null) throw new Error("The file has no version");
    return version;
  }

  /** Starts a web process with the key. @returns What it gives for a file. */
  async openReader(): Promise<(client: Client, file: FileJson) => Promise<Buffer>> {
    const url = await this.#world().addWeb({ encryptionKeys: [key] });
    return async (client, { links }) => {
      const response = await fetch(url + links.content, { headers: { Cookie: client.cookie } });
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    };
  }

  /** What a new process with the key gives for a file. */
  async read(client: Client, file: FileJson): Promise<Buffer> {
    const read = await this.openReader();
    return read(client, file);
  }

  /** The file is encrypted, whole, and as it was; nothing else is left of its copying. Deletes it. */
  async expectEncrypted({ client, content, file }: StoredFile): Promise<void> {
    const plain = { "metadata.encryption.keyId": null };
    expect(await this.bucket.files.countDocuments(plain)).toBe(0);
    expect((await this.read(client, file)).equals(content)).toBe(true);
    const { etag, updatedAt, sha256 } = (await client.get(file.links.metadata)).json;
    expect({ etag, updatedAt, sha256 }).toEqual({
      etag: file.etag,
      updatedAt: file.updatedAt,
      sha256: file.sha256,
    });
    expect(await client.usage()).toMatchObject({ bytes: content.length, reservedBytes: 0 });
    const version = await this.versionOf(file);
    expect(version).not.toHaveProperty("replacementBlobId");
    expect(version).not.toHaveProperty("replacedBlobId");
    await this.expectNoOrphans();
    await client.delete(file.links.content);
  }

  /** Sweeps, and then every chunk and every blob belongs to a version. */
  async expectNoOrphans(): Promise<void> {
    const { sweep } = this.#world().jobs;
    for (let n = 0; n < 2; n += 1) await sweep.run(new AbortController().signal);
    const owned = await this.#world().mongo.db.collection("versions").distinct("blobId");
    const sorted = (ids: unknown[]) => ids.map(String).sort();
    expect(sorted(await this.bucket.chunks.distinct("files_id"))).toEqual(
      sorted(await this.#idsOfNonEmpty(owned)),
    );
    expect(sorted(await this.bucket.files.distinct("_id"))).toEqual(sorted(owned));
  }

  async #idsOfNonEmpty(ids: unknown[]): Promise<unknown[]> {
    const found = await this.bucket.files.find({ length: { $gt: 0 as never } }).toArray();
    return found.map(({ _id }) => _id).filter((id) => ids.map(String).includes(String(id)));
  }
}
