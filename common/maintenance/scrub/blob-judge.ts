import type { ObjectId } from "mongodb";
import type { Damage } from "../../damaged-blobs/repository.js";
import type { EntriesRepository } from "../../entries/repository.js";
import type { BlobHolds } from "../../storage/blob-holds.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { VersionDoc } from "../../versions/version.js";
import type { BlobChecker, Reading } from "./blob-checker.js";

interface Deps {
  readonly checker: BlobChecker;
  readonly versions: Pick<
    VersionsRepository,
    "isBlobExpected" | "listByBlobs" | "listReplaced" | "nextBlobId"
  >;
  readonly entries: Pick<EntriesRepository, "findPurging">;
  readonly uploads: Pick<UploadsRepository, "isBlobExpected">;
  readonly holds: Pick<BlobHolds, "isHeld">;
}

/** Says what is wrong with blobs while others write, replace and remove them. */
export class BlobJudge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The blob after another in the order of ids, of `blobs.files` and of what versions name; `null` after the last. */
  async nextBlob(after: ObjectId | null): Promise<ObjectId | null> {
    const { checker, versions } = this.#deps;
    const [committed, named] = await Promise.all([
      checker.nextBlobId(after),
      versions.nextBlobId(after),
    ]);
    if (committed === null || named === null) return committed ?? named;
    return committed.toHexString() < named.toHexString() ? committed : named;
  }

  /**
   * What is wrong with a blob: `undefined` for nothing, `gone` where it is not there any more, or not to be judged now. The ledger is asked first:
   * an upload leaves it only after a version names its blob, or the blob is gone.
   *
   * @param reading - How it is read. Without it only its documents are compared, and its chunks are counted.
   * @throws EncryptionKeyError when what is read cannot be decrypted.
   */
  async damageOf(blobId: ObjectId, reading?: Reading): Promise<Damage | "gone" | undefined> {
    const { checker, uploads, versions } = this.#deps;
    const isExpected = await uploads.isBlobExpected(blobId);
    const named = await versions.listByBlobs([blobId]);
    const [version] = named.filter(({ state }) => state !== "staged").concat(named);
    if (isExpected && (version === undefined || version.state === "staged")) return "gone";
    if (version === undefined) return (await this.#isUnnamed(blobId)) ? UNNAMED : "gone";
    const isCommitted = await checker.isCommitted(blobId);
    const expected = { sizeBytes: Number(version.sizeBytes), sha256: version.sha256 };
    const damage = isCommitted ? await checker.check(blobId, expected, reading) : WITHOUT_DOCUMENT;
    if (damage === undefined) return undefined;
    for (const each of named) if (!(await this.#isLeaving(each, isCommitted))) return damage;
    return "gone";
  }

  /** A copy is named before it is committed, and what it replaces until it is removed: so the blob itself is asked for last. */
  async #isUnnamed(blobId: ObjectId): Promise<boolean> {
    const { checker, versions, holds } = this.#deps;
    if ((await versions.isBlobExpected(blobId)) || (await holds.isHeld(blobId))) return false;
    const replaced = await versions.listReplaced();
    if (replaced.some(({ replacedBlobId }) => replacedBlobId?.equals(blobId))) return false;
    return checker.isCommitted(blobId);
  }

  /** What is being removed, or was replaced, while it was read is not damaged: its document goes first, its version last. */
  async #isLeaving({ _id, ownerId, fileId, blobId }: VersionDoc, wasCommitted: boolean) {
    const { checker, entries, versions } = this.#deps;
    if ((await entries.findPurging(ownerId, fileId)) !== null) return true;
    const named = await versions.listByBlobs([blobId]);
    if (named.every((version) => version._id !== _id)) return true;
    return (await checker.isCommitted(blobId)) !== wasCommitted;
  }
}

const UNNAMED: Damage = { kind: "missing-version", reason: "no version and no upload names it" };

const WITHOUT_DOCUMENT: Damage = {
  kind: "missing-document",
  reason: "its blobs.files document is missing",
};
