import type { ObjectId } from "mongodb";
import type { EntriesRepository } from "../../entries/repository.js";
import { newId } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import type { BlobChecker, Reading } from "./blob-checker.js";
import type { ReadPosition } from "./content-reading.js";
import type { BlobHolds } from "../../storage/blob-holds.js";
import type { ReferenceRepair } from "./reference-repair.js";
import type { Damage, DamagedBlobs } from "../../damaged-blobs/repository.js";
import { EncryptionKeyError } from "../../storage/errors.js";
import type { ScrubPosition, ScrubProgress, Verdict } from "./scrub-progress.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { VersionDoc } from "../../versions/version.js";
import { type Pace, unlimited } from "./pace.js";

interface Deps {
  readonly checker: BlobChecker;
  readonly damagedBlobs: DamagedBlobs;
  readonly versions: Pick<
    VersionsRepository,
    "findByBlob" | "isBlobExpected" | "listByBlobs" | "listReplaced" | "nextBlobId"
  >;
  readonly entries: Pick<EntriesRepository, "findPurging">;
  readonly uploads: Pick<UploadsRepository, "isBlobExpected">;
  readonly referenceRepair: Pick<ReferenceRepair, "run">;
  readonly holds: Pick<BlobHolds, "isHeld">;
  readonly progress: ScrubProgress;
  readonly log: Logger;
  readonly pace: Pace;
  /** How long a process that died keeps others from going on, in milliseconds. */
  readonly leaseMs: number;
  /** How much of a blob is read again, at most, when a process dies in the middle of it. */
  readonly keepEveryBytes: number;
}

/** Bytes of a blob that were read, and where its reading can be gone on with. */
interface ReadPiece {
  readonly blobId: ObjectId;
  readonly bytes: number;
  readonly at: () => ReadPosition | undefined;
}

interface Walk {
  readonly read: (piece: ReadPiece) => Promise<void>;
  readonly isResumable: boolean;
}

/** What a walk through everything came to. */
export interface ScrubResult extends Readonly<Record<Verdict, number>> {
  readonly bytes: number;
}

/**
 * Reads every blob again, over time: those of `blobs.files`, and those that only a version names. What is wrong is noted in
 * `damagedBlobs` and logged; what is found sound leaves that list.
 */
export class Scrub {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Goes on with the round that is under way, or begins the next when it is due. One process at a time does. */
  async run(signal: AbortSignal): Promise<void> {
    const { progress, leaseMs } = this.#deps;
    const holder = newId();
    const position = await progress.begin(holder);
    if (position === undefined) return;
    const lost = new AbortController();
    const renew = async () => {
      // What cannot be renewed now is tried again before the lease ends; a process that took it since ends this run.
      if (!(await progress.renew(holder).catch(() => true))) lost.abort(new LeaseLostError());
    };
    const renewal = setInterval(() => void renew(), leaseMs / 3);
    try {
      await this.#runRound(holder, position, AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(renewal);
      await progress.release(holder);
    }
  }

  async #runRound(holder: string, position: ScrubPosition, stop: AbortSignal): Promise<void> {
    const { progress, pace, log, keepEveryBytes } = this.#deps;
    let uncounted = 0;
    const read = async ({ blobId, bytes, at }: ReadPiece) => {
      uncounted += bytes;
      await pace(bytes, stop);
      const reached = uncounted < keepEveryBytes ? undefined : at();
      if (reached === undefined) return;
      const counted = uncounted;
      uncounted = 0;
      const isKept = await progress.keepPosition(holder, { blobId, ...reached }, counted);
      if (!isKept) throw new LeaseLostError();
    };
    for await (const checked of this.#walk(position, { read, isResumable: true }, stop)) {
      if (!(await progress.advance(holder, { ...checked, bytes: uncounted }))) return;
      uncounted = 0;
    }
    await this.#clearGone(stop);
    log.info(await progress.end(holder), "The scrub has read everything");
  }

  /** About how many bytes there are to be read. */
  totalBytes(): Promise<number> {
    return this.#deps.checker.totalBytes();
  }

  /** Reads everything once, as fast as can be, whatever the worker is at. */
  async runOnce(
    signal: AbortSignal,
    onProgress: (result: ScrubResult) => void,
  ): Promise<ScrubResult> {
    let result: ScrubResult = { sound: 0, damaged: 0, unchecked: 0, gone: 0, bytes: 0 };
    const read = async ({ bytes }: ReadPiece) => {
      result = { ...result, bytes: result.bytes + bytes };
      onProgress(result);
      await unlimited(bytes, signal);
    };
    const walk = this.#walk({ after: null }, { read, isResumable: false }, signal);
    for await (const { verdict } of walk) {
      result = { ...result, [verdict]: result[verdict] + 1 };
      onProgress(result);
    }
    await this.#clearGone(signal);
    return result;
  }

  async *#walk(position: ScrubPosition, { read, isResumable }: Walk, signal: AbortSignal) {
    const { within } = position;
    let blobId = await this.#next(position.after);
    while (blobId !== null) {
      signal.throwIfAborted();
      const current = blobId;
      const verdict = await this.#check(current, {
        isResumable,
        from: within?.blobId.equals(current) === true ? within : undefined,
        onBytes: (bytes, at) => read({ blobId: current, bytes, at }),
      });
      yield { blobId: current, verdict };
      blobId = await this.#next(current);
    }
  }

  async #next(after: ObjectId | null): Promise<ObjectId | null> {
    const { checker, versions } = this.#deps;
    const [committed, named] = await Promise.all([
      checker.nextBlobId(after),
      versions.nextBlobId(after),
    ]);
    if (committed === null || named === null) return committed ?? named;
    return committed.toHexString() < named.toHexString() ? committed : named;
  }

  async #check(blobId: ObjectId, reading: Reading): Promise<Verdict> {
    const { damagedBlobs, referenceRepair, log } = this.#deps;
    try {
      await referenceRepair.run(blobId);
      const damage = await this.#findDamage(blobId, reading);
      if (damage === "gone") return "gone";
      if (damage === undefined) {
        await damagedBlobs.clear(blobId);
        return "sound";
      }
      await damagedBlobs.note(blobId, damage);
      log.error({ blobId: blobId.toHexString(), ...damage }, "A blob is damaged");
      return "damaged";
    } catch (error) {
      if (!(error instanceof EncryptionKeyError)) throw error;
      log.warn({ blobId: blobId.toHexString(), keyId: error.keyId }, "A blob cannot be checked");
      return "unchecked";
    }
  }

  /** The ledger is asked first: an upload leaves it only after a version names its blob, or the blob is gone. */
  async #findDamage(blobId: ObjectId, reading: Reading): Promise<Damage | "gone" | undefined> {
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

  /** A walk does not come by what is not there any more. */
  async #clearGone(signal: AbortSignal): Promise<void> {
    const { checker, damagedBlobs, versions } = this.#deps;
    for (const { _id: blobId } of await damagedBlobs.list()) {
      signal.throwIfAborted();
      const isThere =
        (await checker.isCommitted(blobId)) || (await versions.findByBlob(blobId)) !== null;
      if (!isThere) await damagedBlobs.clear(blobId);
    }
  }
}

class LeaseLostError extends Error {}

const UNNAMED: Damage = { kind: "missing-version", reason: "no version and no upload names it" };

const WITHOUT_DOCUMENT: Damage = {
  kind: "missing-document",
  reason: "its blobs.files document is missing",
};
