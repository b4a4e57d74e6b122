import type { Readable } from "node:stream";
import { DataStore, type Lock, Upload } from "@tus/server";
import type { Actor } from "../../../common/access/actor.js";
import type { Access } from "../../../common/access/service.js";
import type { Id } from "../../../common/platform/ids.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/intent.js";
import type { ResumableUploads } from "../../../common/uploads/resumable/service.js";
import type { Checksum } from "../../../common/uploads/resumable/checksum.js";
import type { Content, ResumableUpload } from "../../../common/uploads/resumable/upload.js";

/** The extensions of tus 1.0 that are spoken; what the library does not know of them is ours. */
export const EXTENSIONS = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "expiration",
  "termination",
  "checksum",
  "concatenation",
];

interface Options {
  readonly access: Access;
  readonly uploads: ResumableUploads;
  readonly actor: Actor;
  /** What a new upload is to be. */
  readonly intent: () => ResumableIntent;
  readonly content: Content;
  readonly checksum: Checksum | undefined;
}

/**
 * What `@tus/server` works on, for one request of one account. The library decides by the header fields what is to be done;
 * bytes never pass through it: its streams would drop what they hold when a client breaks off.
 */
export class RequestStore extends DataStore {
  readonly #options: Options;
  #held: ResumableUpload | undefined;
  #createdId: Id | undefined;

  constructor(options: Options) {
    super();
    this.#options = options;
    this.extensions = EXTENSIONS;
  }

  /** The upload that this request works on. */
  get held(): ResumableUpload | undefined {
    return this.#held;
  }

  /** The upload that this request has begun. */
  get createdId(): Id | undefined {
    return this.#createdId;
  }

  /** The library asks for this one by a misspelt name. */
  override hasExtension(extension: string): boolean {
    return super.hasExtension(extension) || extension === "concatentation";
  }

  /** Naming an upload enters it in the ledger: there it gets its id. */
  async begin(): Promise<Id> {
    const { access, uploads, actor, intent } = this.#options;
    this.#createdId = await uploads.create(await access.place(actor, "root"), intent());
    return this.#createdId;
  }

  newLock(id: Id): Lock {
    return {
      lock: async () => {
        this.#held = await this.#options.uploads.open(this.#options.actor, id);
      },
      unlock: async () => {
        await this.#held?.release();
      },
    };
  }

  override async create(upload: Upload): Promise<Upload> {
    if (upload.size === 0) await this.#append(nothing);
    return upload;
  }

  override getUpload(id: Id): Promise<Upload> {
    const { expectedBytes, resumable } = this.#upload();
    return Promise.resolve(
      new Upload({
        id,
        offset: Number(resumable.offset),
        ...(expectedBytes !== null && { size: Number(expectedBytes) }),
        // The library counts the time until an upload expires from here.
        creation_date: resumable.touchedAt.toISOString(),
      }),
    );
  }

  override async declareUploadLength(_id: Id, bytes: number): Promise<void> {
    await this.#held?.declareLength(bytes);
  }

  override async write(libraryStream: Readable): Promise<number> {
    libraryStream.resume();
    await this.#append(this.#options.content);
    return Number(this.#upload().resumable.offset);
  }

  override async remove(): Promise<void> {
    await this.#held?.remove();
  }

  override getExpiration(): number {
    return this.#options.uploads.expiryMs;
  }

  async #append(content: Content): Promise<void> {
    await this.#held?.append(content, this.#options.checksum);
  }

  #upload() {
    if (this.#held === undefined) throw new Error("No upload is held");
    return this.#held.upload;
  }
}

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {
  // There is nothing to come.
}
