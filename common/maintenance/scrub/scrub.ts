import type { ObjectId } from "mongodb";
import { newId } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import type { BlobChecker, Reading } from "./blob-checker.js";
import type { BlobJudge } from "./blob-judge.js";
import type { ReadPosition } from "./content-reading.js";
import type { ReferenceRepair } from "./reference-repair.js";
import type { DamagedBlobs } from "../../damaged-blobs/repository.js";
import { EncryptionKeyError } from "../../storage/errors.js";
import type { ScrubPosition, ScrubProgress, Verdict } from "./scrub-progress.js";
import type { VersionsRepository } from "../../versions/repository.js";
import { type Pace, unlimited } from "./pace.js";

interface Deps {
  readonly checker: BlobChecker;
  readonly damagedBlobs: DamagedBlobs;
  readonly judge: BlobJudge;
  readonly versions: Pick<VersionsRepository, "findByBlob">;
  readonly referenceRepair: Pick<ReferenceRepair, "run">;
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
    let blobId = await this.#deps.judge.nextBlob(position.after);
    while (blobId !== null) {
      signal.throwIfAborted();
      const current = blobId;
      const verdict = await this.#check(current, {
        isResumable,
        from: within?.blobId.equals(current) === true ? within : undefined,
        onBytes: (bytes, at) => read({ blobId: current, bytes, at }),
      });
      yield { blobId: current, verdict };
      blobId = await this.#deps.judge.nextBlob(current);
    }
  }

  async #check(blobId: ObjectId, reading: Reading): Promise<Verdict> {
    const { damagedBlobs, referenceRepair, judge, log } = this.#deps;
    try {
      await referenceRepair.run(blobId);
      const damage = await judge.damageOf(blobId, reading);
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
