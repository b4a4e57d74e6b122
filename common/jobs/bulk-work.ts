import type { AccountActor } from "../access/actor.js";
import type { DeletedEntries } from "../access/deleted-entries.js";
import type { Access } from "../access/service.js";
import type { AuditLog } from "../audit/log.js";
import type { Entry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Operation } from "../operations/operation.js";
import type { Operations } from "../operations/service.js";
import { NotFoundError } from "../platform/errors.js";
import { derivedId, type Id } from "../platform/ids.js";
import { problemOf } from "./errors.js";
import type { Batch, BulkJob, JobItem, SelectionPosition } from "./job.js";
import type { Run } from "./run.js";
import type { Selections } from "./selections.js";

interface Deps {
  readonly access: Pick<Access, "anyEntry" | "trashed" | "pathOf">;
  readonly entries: Pick<EntriesRepository, "find">;
  readonly operations: Pick<Operations, "apply">;
  /** What was deleted of what others own. */
  readonly deleted: Pick<DeletedEntries, "find">;
  readonly selections: Pick<Selections, "page">;
  readonly audit: Pick<AuditLog, "record">;
}

/**
 * Does one thing to many entries, batch by batch. First the entries of a batch are listed and recorded, then each is done. So a batch that is
 * done again, by whatever process, does the same entries again: what was moved lies where it is to be, what was deleted or restored is found
 * so, and what was copied is found by its id, which follows from the job and the original.
 */
export class BulkWork {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError when the folder of the selection was deleted. */
  async run(job: BulkJob, run: Run): Promise<Batch> {
    const { pending, next } = job.position ?? { pending: [], next: null };
    if (pending.length === 0) return this.#list(job, run.actor, next);
    const items: JobItem[] = [];
    do {
      const id = pending[items.length];
      if (id !== undefined) items.push(await this.#do(job, run.actor, id));
    } while (items.length < pending.length && run.isInTime());
    return { items, next: positionAt(pending.slice(items.length), next) };
  }

  async #list(
    { task }: BulkJob,
    actor: AccountActor,
    from: SelectionPosition | null,
  ): Promise<Batch> {
    const { ids, next } = await this.#deps.selections.page(actor, task.selection, from);
    return { items: [], next: positionAt(ids, next) };
  }

  async #do({ _id: jobId, task }: BulkJob, actor: AccountActor, id: Id): Promise<JobItem> {
    const operation: Operation = { ...task.operation, id };
    try {
      if (operation.op === "copy")
        return await this.#copyOnce(actor, operation, derivedId(jobId, id));
      const { entry, path } = await this.#deps.operations.apply(actor, operation);
      if (operation.op === "delete") await this.#audit(actor, entry);
      return doneItem(id, entry, path);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      const found =
        operation.op === "copy"
          ? await this.#findCopy(actor, derivedId(jobId, id))
          : error instanceof NotFoundError && (await this.#findDone(actor, operation));
      if (found) return doneItem(id, found, await this.#deps.access.pathOf(actor, found));
      return { sourceId: id, kind: null, path: null, status: "failed", resultId: null, problem };
    }
  }

  async #copyOnce(
    actor: AccountActor,
    operation: Extract<Operation, { op: "copy" }>,
    newFileId: Id,
  ): Promise<JobItem> {
    const { access, entries, operations } = this.#deps;
    const made = await entries.find(actor.home.ownerId, newFileId);
    if (made !== null) return doneItem(operation.id, made, await access.pathOf(actor, made));
    const { entry, path } = await operations.apply(actor, operation, { newFileId });
    return doneItem(operation.id, entry, path);
  }

  /** A copy that this batch, which is done again, has made in the folder of another account. Whatever refuses to make it again: it is there. */
  async #findCopy(actor: AccountActor, newFileId: Id): Promise<Entry | null> {
    try {
      return (await this.#deps.access.anyEntry(actor, newFileId, "read")).entry;
    } catch (error) {
      if (problemOf(error) === undefined) throw error;
      return null;
    }
  }

  /** What was deleted or restored already: by this batch, which is done again, or with a folder above it. */
  async #findDone(actor: AccountActor, { op, id }: Operation): Promise<Entry | null> {
    const { access, entries } = this.#deps;
    if (op !== "delete" && op !== "restore") return null;
    const entry = await entries.find(actor.home.ownerId, id);
    if (entry === null) {
      return op === "delete" ? ((await this.#deps.deleted.find(actor, id)) ?? null) : null;
    }
    try {
      if (op === "delete") await access.trashed(actor, entry, "delete");
      else await access.anyEntry(actor, id, "write");
      return entry;
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  #audit({ id: accountId, credential }: AccountActor, { kind, _id: id }: Entry): Promise<void> {
    return this.#deps.audit.record({
      action: `${kind}.delete`,
      accountId,
      actor: { accountId, credentialKind: credential.kind, credentialId: credential.id },
      target: { kind, id },
      ...{ outcome: "success", reason: null, client: null, requestId: null, changes: null },
    });
  }
}

/** `null` at the end. */
const positionAt = (pending: readonly Id[], next: SelectionPosition | null) =>
  pending.length === 0 && next === null ? null : { pending, next };

const doneItem = (sourceId: Id, { _id: resultId, kind }: Entry, path: string | null): JobItem => ({
  ...{ sourceId, kind, path, resultId },
  status: "done",
  problem: null,
});
