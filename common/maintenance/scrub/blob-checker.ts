import type { ObjectId } from "mongodb";
import type { StoredBlob } from "../../storage/blob-reader.js";
import type { BlobStore } from "../../storage/blob-store.js";
import type { Bucket } from "../../storage/bucket.js";
import type { Damage, DamageKind } from "../../damaged-blobs/repository.js";
import { ContentReading, type ReadPosition } from "./content-reading.js";
import { DamagedContentError } from "../../storage/errors.js";

const MOST_NUMBERS_NAMED = 5;

/** What a version says about its blob. `sha256` is hexadecimal. */
export interface ExpectedContent {
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Deps {
  readonly bucket: Bucket;
  readonly blobs: Pick<BlobStore, "find" | "read">;
}

/** How a blob is read. */
export interface Reading {
  /** Where an earlier reading stopped. */
  readonly from?: ReadPosition | undefined;
  /** Whether `position` is wanted, at a price: a digest that can be taken up again is slower. */
  readonly isResumable?: boolean;
  /**
   * Called for each piece that was read; reading goes on when it resolves.
   *
   * @param position - Where this reading can be gone on with; `undefined` where it cannot, or where nothing is left to read.
   */
  readonly onBytes: (bytes: number, position: () => ReadPosition | undefined) => Promise<void>;
}

/** Reads blobs again, and says what is wrong with them. */
export class BlobChecker {
  readonly #bucket: Bucket;
  readonly #blobs: Deps["blobs"];

  constructor({ bucket, blobs }: Deps) {
    this.#bucket = bucket;
    this.#blobs = blobs;
  }

  /** The first committed blob after another, in the order of ids; `null` after the last. */
  async nextBlobId(after: ObjectId | null): Promise<ObjectId | null> {
    const file = await this.#bucket.files.findOne(after === null ? {} : { _id: { $gt: after } }, {
      sort: { _id: 1 },
      projection: { _id: 1 },
    });
    return file?._id ?? null;
  }

  async isCommitted(blobId: ObjectId): Promise<boolean> {
    return (await this.#bucket.files.findOne({ _id: blobId }, { projection: { _id: 1 } })) !== null;
  }

  /** How many committed blobs there are, from a counter that MongoDB keeps. */
  countAll(): Promise<number> {
    return this.#bucket.files.estimatedDocumentCount();
  }

  /** The stored bytes of all blobs. */
  async totalBytes(): Promise<number> {
    const [sum] = await this.#bucket.files
      .aggregate<{ bytes: number }>([{ $group: { _id: null, bytes: { $sum: "$length" } } }])
      .toArray();
    return sum?.bytes ?? 0;
  }

  /**
   * Reads all of a committed blob, and counts its chunks. Without `reading`, it counts them only.
   *
   * @returns What is wrong with it; `undefined` for nothing.
   * @throws EncryptionKeyError when it cannot be known.
   */
  async check(
    blobId: ObjectId,
    expected: ExpectedContent,
    reading: Reading | undefined,
  ): Promise<Damage | undefined> {
    try {
      const blob = await this.#blobs.find(blobId);
      return blob && (await this.#faultOf(blob, expected, reading));
    } catch (error) {
      return alterationIn(error);
    }
  }

  async #faultOf(
    blob: StoredBlob,
    expected: ExpectedContent,
    reading: Reading | undefined,
  ): Promise<Damage | undefined> {
    const isCountRight = await this.#isCountRight(blob);
    const alteration = isCountRight ? await this.#alteration(blob, expected, reading) : undefined;
    if (isCountRight && alteration === undefined) return undefined;
    return (await this.#misplacement(blob)) ?? alteration;
  }

  async #alteration(
    blob: StoredBlob,
    { sizeBytes, sha256 }: ExpectedContent,
    reading: Reading | undefined,
  ): Promise<Damage | undefined> {
    if (blob.sizeBytes !== sizeBytes) return altered("its length is not that of its version");
    const found = reading && (await this.#digestOf(blob, sizeBytes, reading));
    if (typeof found === "object") return found;
    if (found !== undefined && found !== sha256) {
      return altered(`its bytes have the SHA-256 ${found}, not ${sha256}`);
    }
    const file = await this.#bucket.files.findOne({ _id: blob.blobId });
    const recorded = file === null ? sha256 : file.metadata?.sha256;
    if (recorded === sha256) return undefined;
    return altered("its blobs.files document has another SHA-256 than its version");
  }

  /** The SHA-256 of what is read, or what is wrong with it. `undefined` where its frames alone verify it. */
  async #digestOf(
    blob: StoredBlob,
    sizeBytes: number,
    reading: Reading,
  ): Promise<string | Damage | undefined> {
    const content = await ContentReading.open(blob, reading);
    const window = { first: content.offset, last: sizeBytes - 1 };
    try {
      for await (const piece of this.#blobs.read(blob, window)) {
        content.take(piece);
        await reading.onBytes(piece.length, () => content.position());
      }
    } catch (error) {
      return alterationIn(error);
    }
    return content.finish();
  }

  /** What is there twice, or behind the end, no reader notices. */
  async #isCountRight({ blobId, storedBytes, chunkSizeBytes }: StoredBlob): Promise<boolean> {
    const found = await this.#bucket.chunks.countDocuments({ files_id: blobId });
    return found === Math.ceil(storedBytes / chunkSizeBytes);
  }

  async #misplacement(blob: StoredBlob): Promise<Damage | undefined> {
    const { blobId, storedBytes, chunkSizeBytes } = blob;
    const numbers = await this.#bucket.chunks
      .find({ files_id: blobId }, { sort: { n: 1 }, projection: { _id: 0, n: 1 } })
      .map(({ n }) => n)
      .toArray();
    return misplaced(numbers, Math.ceil(storedBytes / chunkSizeBytes));
  }
}

const altered = (reason: string): Damage => ({ kind: "altered", reason });

function alterationIn(error: unknown): Damage {
  if (error instanceof DamagedContentError) return altered(error.reason);
  throw error;
}

/** @param numbers - Of the chunks that are there, in order. @param chunkCount - How many there should be, from 0. */
function misplaced(numbers: readonly number[], chunkCount: number): Damage | undefined {
  const present = new Set(numbers);
  const missing = Array.from({ length: chunkCount }, (_, n) => n).filter((n) => !present.has(n));
  const twice = numbers.filter((n, index) => numbers[index - 1] === n);
  const additional = numbers.filter((n) => n < 0 || n >= chunkCount);
  return (
    named("missing-chunks", missing, "missing") ??
    named("duplicate-chunks", twice, "there more than once") ??
    named("additional-chunks", additional, "behind its end")
  );
}

function named(kind: DamageKind, numbers: readonly number[], what: string): Damage | undefined {
  if (numbers.length === 0) return undefined;
  const list = numbers.slice(0, MOST_NUMBERS_NAMED).join(", ");
  const more = numbers.length - MOST_NUMBERS_NAMED;
  return { kind, reason: `chunks are ${what}: ${list}${more > 0 ? ` and ${more} more` : ""}` };
}
