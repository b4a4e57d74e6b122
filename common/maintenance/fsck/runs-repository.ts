import type { Collection, Db, IndexDescription, UpdateFilter } from "mongodb";
import { type Id, newId } from "../../platform/ids.js";
import { isDuplicateKey } from "../../platform/mongo-errors.js";
import { upserting } from "../../platform/mongo.js";
import { CHECK_NAMES, type Finding, type FsckMode } from "./finding.js";
import type { FsckFindingDoc, FsckPosition, FsckRunDoc } from "./run.js";

/** Of so many runs the findings are kept. */
const KEPT_RUNS = 5;

/** So many findings of a run are kept; all are counted. */
const MOST_FINDINGS = 10_000;

export const fsckIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  fsckRuns: [
    {
      key: { isRunning: 1 },
      unique: true,
      partialFilterExpression: { isRunning: { $exists: true } },
    },
    { key: { startedAt: -1 } },
  ],
  fsckFindings: [
    { key: { runId: 1, kind: 1, subjectId: 1 }, unique: true },
    { key: { runId: 1, foundAt: 1, _id: 1 } },
    { key: { ownerId: 1 } },
  ],
};

/** Who works on a run. */
export interface FsckHold {
  readonly runId: Id;
  readonly holder: Id;
}

interface Deps {
  readonly db: Db;
  readonly now: () => Date;
  readonly leaseMs: number;
}

/** The runs of fsck, and what they have found. Each write of a run's progress names its holder. */
export class FsckRunsRepository {
  readonly #runs: Collection<FsckRunDoc>;
  readonly #findings: Collection<FsckFindingDoc>;
  readonly #now: () => Date;
  readonly #leaseMs: number;

  constructor({ db, now, leaseMs }: Deps) {
    this.#runs = db.collection("fsckRuns");
    this.#findings = db.collection("fsckFindings");
    this.#now = now;
    this.#leaseMs = leaseMs;
  }

  /** Begins a run, unless one is running. @returns The one that runs from then on. */
  async start(mode: FsckMode, total: number): Promise<FsckRunDoc> {
    const [check] = CHECK_NAMES;
    const now = this.#now();
    const run: FsckRunDoc = {
      ...{ _id: newId(), ...mode, state: "running", isRunning: true, startedAt: now },
      ...{ endedAt: null, position: { check, after: null }, checked: 0, total },
      ...{ found: 0, repaired: 0, holder: "", leaseUntil: new Date(0) },
    };
    try {
      await this.#runs.insertOne(run);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (await this.findRunning()) ?? this.start(mode, total);
    }
    await this.#removeOld();
    return run;
  }

  findRunning(): Promise<FsckRunDoc | null> {
    return this.#runs.findOne({ isRunning: true });
  }

  find(id: Id): Promise<FsckRunDoc | null> {
    return this.#runs.findOne({ _id: id });
  }

  /** The run that began last. */
  findLatest(): Promise<FsckRunDoc | null> {
    return this.#runs.findOne({}, { sort: { startedAt: -1, _id: -1 } });
  }

  /** Takes the running one for oneself. `null` when there is none, or another process is at it. */
  acquire(holder: Id): Promise<FsckRunDoc | null> {
    return this.#runs.findOneAndUpdate(
      { isRunning: true, leaseUntil: { $lt: this.#now() } },
      { $set: { holder, leaseUntil: this.#leaseEnd() } },
      { returnDocument: "after" },
    );
  }

  /** Keeps others away for another lease. `false` when another process is at it, or the run was cancelled. */
  renew(hold: FsckHold): Promise<boolean> {
    return this.#update(hold, { $set: { leaseUntil: this.#leaseEnd() } });
  }

  /** Lets others go on at once. */
  async release(hold: FsckHold): Promise<void> {
    await this.#update(hold, { $set: { leaseUntil: new Date(0) } });
  }

  /** Stores how far a run has come. `false` as {@link renew}. */
  advance(hold: FsckHold, position: FsckPosition, checked: number): Promise<boolean> {
    return this.#update(hold, {
      $set: { position, leaseUntil: this.#leaseEnd() },
      $inc: { checked },
    });
  }

  /** Adds a finding, once. What was done about it may be added later. */
  async add(hold: FsckHold, { id, ...finding }: Finding, repair: string | null): Promise<void> {
    const { runId } = hold;
    const key = { runId, kind: finding.kind, subjectId: id };
    const before = await this.#findings.findOne(key);
    const isFull =
      (await this.#findings.countDocuments({ runId }, { limit: MOST_FINDINGS })) >= MOST_FINDINGS;
    if (before === null && !isFull) {
      const { ownerId, text } = finding;
      await upserting(() =>
        this.#findings.updateOne(
          key,
          { $setOnInsert: { _id: newId(), ownerId, text, repair, foundAt: this.#now() } },
          { upsert: true },
        ),
      );
    } else if (repair !== null) await this.#findings.updateOne(key, { $set: { repair } });
    const isNew = before === null;
    const isRepaired = repair !== null && (before?.repair ?? null) === null;
    await this.#update(hold, { $inc: { found: isNew ? 1 : 0, repaired: isRepaired ? 1 : 0 } });
  }

  finish(hold: FsckHold): Promise<boolean> {
    return this.#update(hold, {
      $set: { state: "done", endedAt: this.#now(), leaseUntil: new Date(0) },
      $unset: { isRunning: "" },
    });
  }

  /** Ends the running one, if there is one. */
  async cancel(): Promise<void> {
    await this.#runs.updateOne(
      { isRunning: true },
      { $set: { state: "cancelled", endedAt: this.#now(), holder: "" }, $unset: { isRunning: "" } },
    );
  }

  /** The findings of a run, the first first, behind a position. */
  listFindings(
    runId: Id,
    after: { readonly foundAt: Date; readonly id: Id } | undefined,
    limit: number,
  ): Promise<FsckFindingDoc[]> {
    const later = after && {
      foundAt: { $gte: after.foundAt },
      $or: [
        { foundAt: { $gt: after.foundAt } },
        { foundAt: after.foundAt, _id: { $gt: after.id } },
      ],
    };
    return this.#findings
      .find({ runId, ...later }, { sort: { foundAt: 1, _id: 1 }, limit, batchSize: limit })
      .toArray();
  }

  async #removeOld(): Promise<void> {
    const old = await this.#runs
      .find({}, { sort: { startedAt: -1 }, skip: KEPT_RUNS, limit: 100, projection: { _id: 1 } })
      .toArray();
    if (old.length === 0) return;
    const ids = old.map(({ _id }) => _id);
    await this.#findings.deleteMany({ runId: { $in: ids } });
    await this.#runs.deleteMany({ _id: { $in: ids } });
  }

  async #update({ runId, holder }: FsckHold, update: UpdateFilter<FsckRunDoc>): Promise<boolean> {
    const mine = { _id: runId, holder, isRunning: true } as const;
    return (await this.#runs.updateOne(mine, update)).matchedCount === 1;
  }

  #leaseEnd(): Date {
    return new Date(this.#now().getTime() + this.#leaseMs);
  }
}
