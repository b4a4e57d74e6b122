import { type Granted, requireBelowShare, requireNotByShare } from "../access/grants.js";
import type { Entry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { isConditionMet, type WriteCondition } from "../entries/write-condition.js";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { JobProducer } from "../queue/producer.js";
import type { VersionsRepository } from "../versions/repository.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLive" | "removalMark">;
  readonly versions: Pick<VersionsRepository, "confirmation">;
  readonly writes: OrderedWrites;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  /** How long the trash keeps what is deleted, in milliseconds; 0: not at all. */
  readonly retentionMs: number;
}

/** How something is to be deleted. */
export interface RemovalOptions {
  /** What must be true of the entry; `null` for nothing. */
  readonly condition: WriteCondition | null;
  /** Whether it is removed for good at once. */
  readonly isPermanent: boolean;
}

/** Deletes files, folders and mounts. A mount is removed for good, and what it leads to stays as it is. Whatever a folder holds, it is one update: nothing in it can be reached any more. */
export class Removal {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * From the moment this resolves the entry, and what it holds, is gone for every reader. It lies in the trash then, or is removed for
   * good by the worker.
   *
   * @throws TopOfShareError for what was shared itself.
   * @throws PermanentRemovalError when it is to be removed for good, and the actor reaches it only by a share.
   * @throws NotFoundError when another request was faster.
   * @throws PreconditionFailedError when the entry is not as the condition says.
   */
  async remove(granted: Granted<Entry, "delete">, options: RemovalOptions): Promise<void> {
    requireBelowShare(granted);
    // A mount holds nothing that its owner could lose.
    if (options.isPermanent && granted.entry.kind !== "mount") requireNotByShare(granted);
    const { entries, versions, writes } = this.#deps;
    const { ownerId, _id, kind } = granted.entry;
    let entry: Entry | null = granted.entry;
    while (entry !== null) {
      if (!isConditionMet(options.condition, entry)) throw new PreconditionFailedError();
      const mark = this.#markOf(granted, options);
      // A version that its file shows is confirmed before the file goes: see Publisher. Done alone, after a crash or because
      // another request changed the file, it does no harm.
      const { marked } = await writes.run({
        confirmed: entry.kind === "file" ? versions.confirmation(entry) : undefined,
        marked: entries.removalMark(entry, mark),
      });
      if (marked === 1) {
        if (mark.purgingSince !== null) enqueuePurge(this.#deps.jobs, entry);
        return;
      }
      entry = await entries.findLive(ownerId, _id);
    }
    throw new NotFoundError(kind);
  }

  #markOf({ entry, above, actorId }: Granted, { isPermanent }: RemovalOptions) {
    const { now, retentionMs } = this.#deps;
    const at = now();
    // A mount holds nothing that anybody would want back.
    const isForGood = isPermanent || entry.kind === "mount";
    if (isForGood || retentionMs === 0) return { trash: null, purgingSince: at };
    const path = above.map(({ name }) => name).reverse();
    return { trash: { at, actorId, path }, purgingSince: null };
  }
}

/** Queues the job that removes a marked entry for good. That of folders removes mounts, too. */
export function enqueuePurge(
  jobs: Pick<JobProducer, "enqueue">,
  { kind, ownerId, _id }: Pick<Entry, "kind" | "ownerId" | "_id">,
): void {
  if (kind === "file") jobs.enqueue({ name: "file.purge", data: { ownerId, fileId: _id } });
  else jobs.enqueue({ name: "folder.purge", data: { ownerId, folderId: _id } });
}
