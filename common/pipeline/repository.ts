import type { Collection, Db, UpdateFilter } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { StepName, StepRecord } from "../versions/pipeline.js";
import type { OverState, VersionDoc } from "../versions/version.js";
import type { Found } from "./step.js";

/** The right to work on a version until `leaseUntil`, which each write compares. */
export interface PipelineLease {
  readonly ownerId: Id;
  readonly versionId: Id;
  readonly leaseUntil: Date;
}

/** How a step has ended. */
interface StepEnd {
  readonly name: StepName;
  readonly record: StepRecord;
  readonly found: Found;
}

/** The states of a version whose steps may be done again. */
const OVER: OverState[] = ["ready", "failed"];

/** A version whose steps are over, and which stays. */
const IDLE = {
  state: { $in: OVER },
  "pipeline.dueAt": { $exists: false },
  purgingSince: { $exists: false },
};

/** A copy that is made before the steps are over takes this over. The sweep finds it by that. */
const NOTHING_SEEN = { "pipeline.steps": {}, "pipeline.seenVersion": 0 };

/** The progress of versions in the pipeline. Each write is conditional on the lease: a worker that has lost it changes nothing. */
export class PipelineRepository {
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
  }

  /** Resolves to `null` while somebody else has the lease, and when there is nothing to do. */
  acquire({ ownerId, versionId, leaseUntil }: PipelineLease, now: Date) {
    return this.#versions.findOneAndUpdate(
      {
        _id: versionId,
        ownerId,
        state: { $ne: "staged" },
        "pipeline.dueAt": { $exists: true },
        "pipeline.leaseUntil": { $not: { $gt: now } },
      },
      { $set: { "pipeline.leaseUntil": leaseUntil } },
      { returnDocument: "after" },
    );
  }

  /** Stores that a step begins, before it does: so an attempt that kills its process counts, too. @returns Whether the worker still has the lease. */
  begin(lease: PipelineLease, name: StepName, record: StepRecord): Promise<boolean> {
    return this.#update(lease, { $set: { [`pipeline.steps.${name}`]: record } });
  }

  /** Stores how a step has ended. @returns Whether the worker still has the lease. */
  end(lease: PipelineLease, { name, record, found }: StepEnd): Promise<boolean> {
    return this.#update(lease, { $set: { [`pipeline.steps.${name}`]: record, ...found } });
  }

  /** From then on there is nothing to do, and the version is what its steps have made of it. */
  finish(
    lease: PipelineLease,
    { state, seenVersion }: { readonly state: OverState; readonly seenVersion: number },
  ): Promise<boolean> {
    return this.#update(lease, {
      $set: { state, "pipeline.leaseUntil": null, "pipeline.seenVersion": seenVersion },
      $unset: { "pipeline.dueAt": "" },
    });
  }

  /** Lets the next attempt begin at once, unless another has begun since. */
  async leave(lease: PipelineLease): Promise<void> {
    await this.#update(lease, { $set: { "pipeline.leaseUntil": null } });
  }

  /**
   * Makes a version due again, unless it is due already, or in quarantine. It keeps its state until the steps are over.
   *
   * @param isFromScratch - Whether all steps are done again, not only those that are newer than what was done.
   * @returns the version as it is from then on; `null` where nothing was changed.
   */
  restart(
    { ownerId, versionId }: Omit<PipelineLease, "leaseUntil">,
    dueAt: Date,
    isFromScratch: boolean,
  ): Promise<VersionDoc | null> {
    return this.#versions.findOneAndUpdate(
      { _id: versionId, ownerId, ...IDLE },
      {
        $set: { "pipeline.dueAt": dueAt, ...(isFromScratch && NOTHING_SEEN) },
        $inc: { "pipeline.generation": 1 },
      },
      { returnDocument: "after" },
    );
  }

  /** Some versions that an older database of the virus scanner has seen, or none; those that were not scanned first. Index `scannedWith`. */
  listScannedBefore(database: number, limit: number): Promise<VersionDoc[]> {
    return this.#versions
      .find(
        { scannedWith: { $lt: database }, ...IDLE },
        { sort: { scannedWith: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** Makes a version due for its scan alone, unless it is due already. It keeps its state until that is over. @returns `null` where nothing was changed. */
  rescan(
    { ownerId, versionId }: Omit<PipelineLease, "leaseUntil">,
    dueAt: Date,
  ): Promise<VersionDoc | null> {
    return this.#versions.findOneAndUpdate(
      { _id: versionId, ownerId, ...IDLE },
      {
        $set: { "pipeline.dueAt": dueAt },
        // What ends the scanner each time is not listed again and again.
        $unset: { "pipeline.steps.scan": "", scannedWith: "" },
        $inc: { "pipeline.generation": 1 },
      },
      { returnDocument: "after" },
    );
  }

  /** Makes the versions due that have a blob, and that are not in quarantine: they are scanned again. @returns Some of those that are due then. */
  async restartBlob(blobId: VersionDoc["blobId"], dueAt: Date): Promise<VersionDoc[]> {
    const isServed = [{ state: "ready" as const }, { "pipeline.steps.scan.outcome": "failed" }];
    await this.#versions.updateMany(
      { $and: [{ blobId }, IDLE, { $or: isServed }] },
      {
        $set: { "pipeline.dueAt": dueAt },
        $unset: { "pipeline.steps.scan": "" },
        $inc: { "pipeline.generation": 1 },
      },
    );
    const due = { blobId, state: { $in: OVER }, "pipeline.dueAt": { $exists: true } };
    return this.#versions.find(due, { limit: 1000, batchSize: 1000 }).toArray();
  }

  /**
   * Makes a version due again for one step that was `done`. Nothing changes when the version is due already.
   *
   * @returns the version as it is from then on; `null` where nothing was changed.
   */
  repeatStep(
    { ownerId, versionId }: Omit<PipelineLease, "leaseUntil">,
    name: StepName,
    dueAt: Date,
  ): Promise<VersionDoc | null> {
    return this.#versions.findOneAndUpdate(
      { _id: versionId, ownerId, ...IDLE, [`pipeline.steps.${name}.outcome`]: "done" },
      {
        $set: { "pipeline.dueAt": dueAt },
        $unset: { [`pipeline.steps.${name}`]: "" },
        $inc: { "pipeline.generation": 1 },
      },
      { returnDocument: "after" },
    );
  }

  /** The versions that are due since before an instant, the longest first. */
  listDue(before: Date, limit: number): Promise<VersionDoc[]> {
    return this.#versions
      .find(
        { state: { $ne: "staged" }, "pipeline.dueAt": { $lt: before } },
        { sort: { "pipeline.dueAt": 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  /** Since when the version waits that is due the longest; `null` when none is due. */
  async oldestDue(): Promise<Date | null> {
    const [oldest] = await this.listDue(new Date(8.64e15), 1);
    return oldest?.pipeline.dueAt ?? null;
  }

  /** How many versions are due; counting stops at `most`. */
  countDue(most: number): Promise<number> {
    return this.#versions.countDocuments(
      { state: { $ne: "staged" }, "pipeline.dueAt": { $gt: new Date(0) } },
      { limit: most },
    );
  }

  /** Some versions that older steps have seen. */
  listOutdated(seenVersion: number, limit: number): Promise<VersionDoc[]> {
    const outdated = { "pipeline.seenVersion": { $lt: seenVersion } };
    return this.#versions
      .find(
        { ...outdated, ...IDLE },
        { hint: { "pipeline.seenVersion": 1 }, limit, batchSize: limit },
      )
      .toArray();
  }

  async #update(
    { ownerId, versionId, leaseUntil }: PipelineLease,
    update: UpdateFilter<VersionDoc>,
  ): Promise<boolean> {
    const mine = { _id: versionId, ownerId, "pipeline.leaseUntil": leaseUntil };
    return (await this.#versions.updateOne(mine, update)).matchedCount === 1;
  }
}
