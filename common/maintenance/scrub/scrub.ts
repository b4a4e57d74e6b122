import type { ObjectId } from "mongodb";
import type { FilesRepository } from "../../files/repository.js";
import { newId } from "../../platform/ids.js";
import type { Logger } from "../../platform/log.js";
import type { BlobChecker } from "../../storage/blob-checker.js";
import type { Damage, DamagedBlobs } from "../../storage/damaged-blobs.js";
import { EncryptionKeyError } from "../../storage/errors.js";
import type { ScrubProgress } from "../../storage/scrub-progress.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import type { VersionDoc } from "../../versions/version.js";
import { type Pace, unlimited } from "./pace.js";

interface Deps {
  readonly checker: BlobChecker;
  readonly damagedBlobs: DamagedBlobs;
  readonly versions: Pick<VersionsRepository, "findByBlob" | "nextBlobId">;
  readonly files: Pick<FilesRepository, "findPurging">;
  readonly uploads: Pick<UploadsRepository, "isBlobExpected">;
  readonly progress: ScrubProgress;
  readonly log: Logger;
  readonly pace: Pace;
  /** How long a process that died keeps others from going on, in milliseconds. */
  readonly leaseMs: number;
}

/** `sound`; `damaged`; `unchecked` where the key is missing; `gone` where it is not there any more, or not to be judged now. */
export type Verdict = "sound" | "damaged" | "unchecked" | "gone";

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
    const { progress, leaseMs, pace, log } = this.#deps;
    const holder = newId();
    const position = await progress.begin(holder);
    if (position === undefined) return;
    const lost = new AbortController();
    const renew = async () => {
      // What cannot be renewed now is tried again before the lease ends; whoever took it since ends this run.
      if (!(await progress.renew(holder).catch(() => true))) lost.abort(new LeaseLostError());
    };
    const renewal = setInterval(() => void renew(), leaseMs / 3);
    const stop = AbortSignal.any([signal, lost.signal]);
    try {
      for await (const { blobId, bytes } of this.#walk(position.after, pace, stop)) {
        if (!(await progress.advance(holder, blobId, bytes))) return;
      }
      await this.#clearGone(stop);
      log.info(await progress.end(holder), "The scrub has read everything");
    } finally {
      clearInterval(renewal);
      await progress.release(holder);
    }
  }

  /** About how many blobs there are to be read. */
  count(): Promise<number> {
    return this.#deps.checker.count();
  }

  /** Reads everything once, as fast as can be, whatever the worker is at. */
  async runOnce(
    signal: AbortSignal,
    onProgress: (result: ScrubResult) => void,
  ): Promise<ScrubResult> {
    let result: ScrubResult = { sound: 0, damaged: 0, unchecked: 0, gone: 0, bytes: 0 };
    const count: Pace = async (bytes, stop) => {
      result = { ...result, bytes: result.bytes + bytes };
      onProgress(result);
      await unlimited(bytes, stop);
    };
    for await (const { verdict } of this.#walk(null, count, signal)) {
      result = { ...result, [verdict]: result[verdict] + 1 };
      onProgress(result);
    }
    await this.#clearGone(signal);
    return result;
  }

  async *#walk(from: ObjectId | null, pace: Pace, signal: AbortSignal) {
    for (let after = await this.#next(from); after !== null; after = await this.#next(after)) {
      signal.throwIfAborted();
      let bytes = 0;
      const verdict = await this.#check(after, async (read) => {
        bytes += read;
        await pace(read, signal);
      });
      yield { blobId: after, verdict, bytes };
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

  async #check(blobId: ObjectId, onBytes: (bytes: number) => Promise<void>): Promise<Verdict> {
    const { damagedBlobs, log } = this.#deps;
    try {
      const damage = await this.#findDamage(blobId, onBytes);
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
  async #findDamage(
    blobId: ObjectId,
    onBytes: (bytes: number) => Promise<void>,
  ): Promise<Damage | "gone" | undefined> {
    const { checker, uploads, versions } = this.#deps;
    const isExpected = await uploads.isBlobExpected(blobId);
    const version = await versions.findByBlob(blobId);
    if (isExpected && (version === null || version.state === "staged")) return "gone";
    const isCommitted = await checker.isCommitted(blobId);
    if (version === null) return (await checker.isNoCopy(blobId)) ? UNNAMED : "gone";
    const expected = { sizeBytes: Number(version.sizeBytes), sha256: version.sha256 };
    const damage = isCommitted ? await checker.check(blobId, expected, onBytes) : WITHOUT_DOCUMENT;
    if (damage === undefined) return undefined;
    return (await this.#isLeaving(version, isCommitted)) ? "gone" : damage;
  }

  /** What is being removed, or was replaced, while it was read is not damaged: its document goes first, its version last. */
  async #isLeaving({ ownerId, fileId, blobId }: VersionDoc, wasCommitted: boolean) {
    const { checker, files, versions } = this.#deps;
    if ((await files.findPurging(ownerId, fileId)) !== null) return true;
    if ((await versions.findByBlob(blobId)) === null) return true;
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
