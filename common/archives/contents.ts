import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import { type ByteWindow, type StoredBlob, verifiedContent } from "../storage/blob-reader.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { StoredFile, StoredMember, StoredText } from "./archive.js";
import type { PageContents } from "./archive-reader.js";

/** Contents up to this size are read together, so that many small files do not take one round trip after the other. */
const SMALL_BYTES = 128 * 1024;
const SMALL_AT_ONCE = 32;
/** What is read at once, all contents together. */
const AHEAD_BYTES = 1024 * 1024;

/** The content of texts. */
export type TextContents = (
  text: StoredText,
  window: ByteWindow,
) => AsyncGenerator<Buffer, void, undefined>;

interface Deps {
  readonly blobs: Pick<BlobStore, "findServed" | "read">;
  readonly damagedBlobs: Pick<DamagedBlobs, "noteUnreadable">;
}

/**
 * The contents of members. What is read from its first to its last byte is verified before the last piece leaves; encrypted content is
 * verified frame by frame in any window. What cannot be read goes to the operator's list of damaged content.
 */
export class ArchiveContents {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param readText - Reads the texts among the members.
   * @throws DamagedContentError from its generators, when content is missing or altered.
   * @throws QuarantinedError from its generators, for content that was put into quarantine after it was listed.
   */
  of(members: readonly StoredMember[], readText: TextContents): PageContents {
    const ahead = new Map<number, Promise<Buffer>>();
    return (index, window) => {
      const file = members[index];
      if (file?.kind === "text") return readText(file, window);
      if (file?.kind !== "file") throw new Error("Only files have content");
      if (!isSmall(file)) return this.#read(file, window);
      if (!ahead.has(index)) this.#readAhead(members, index, ahead);
      const whole = ahead.get(index) ?? this.#whole(file);
      ahead.delete(index);
      return part(whole, window);
    };
  }

  /** Reads some small contents at once, from that of a member on. */
  #readAhead(members: readonly StoredMember[], from: number, ahead: Map<number, Promise<Buffer>>) {
    let bytes = 0;
    for (let index = from; index < from + SMALL_AT_ONCE; index += 1) {
      const file = members[index];
      if (file?.kind !== "file" || !isSmall(file)) continue;
      bytes += Number(file.sizeBytes);
      if (bytes > AHEAD_BYTES) return;
      const whole = this.#whole(file);
      // A reader that stops in the middle never asks for those behind.
      whole.catch(() => undefined);
      ahead.set(index, whole);
    }
  }

  async #whole(file: StoredFile): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const window = { first: 0, last: Number(file.sizeBytes) - 1 };
    for await (const piece of this.#read(file, window)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *#read(file: StoredFile, window: ByteWindow): AsyncGenerator<Buffer, void, undefined> {
    try {
      const blob = await this.#find(file);
      const content = this.#deps.blobs.read(blob, window);
      const isWhole = window.first === 0 && window.last === blob.sizeBytes - 1;
      const isVerified = blob.cipher !== undefined || !isWhole;
      yield* isVerified ? content : verifiedContent(blob, content, file.sha256);
    } catch (error) {
      // The log says it too, and the scrub finds it again.
      if (error instanceof DamagedContentError) {
        await this.#deps.damagedBlobs.noteUnreadable(error).catch(() => undefined);
      }
      throw error;
    }
  }

  async #find({ blobId, sizeBytes }: StoredFile): Promise<StoredBlob> {
    const blob = await this.#deps.blobs.findServed(blobId);
    if (blob === undefined) {
      throw new DamagedContentError(blobId, "its blobs.files document is missing");
    }
    if (blob.sizeBytes !== Number(sizeBytes)) {
      throw new DamagedContentError(blobId, "its length is not the length that was stored");
    }
    return blob;
  }
}

const isSmall = ({ sizeBytes }: StoredFile) => Number(sizeBytes) <= SMALL_BYTES;

async function* part(whole: Promise<Buffer>, { first, last }: ByteWindow) {
  yield (await whole).subarray(first, last + 1);
}
