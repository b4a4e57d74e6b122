import type { DeletionRepository, PurgedAccount } from "../accounts/deletion-repository.js";
import type { ArchiveRelease } from "../archives/release.js";
import type { AuditLog } from "../audit/log.js";
import type { AuditPurgeRepository } from "../audit/purge-repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { FileEntry } from "../entries/entry.js";
import type { EventLogRepository } from "../events/log-repository.js";
import type { EventRelay } from "../events/relay.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { FilePurge } from "./file-purge.js";
import type { PurgeRepository } from "./purge-repository.js";
import type { UploadSweep } from "./upload-sweep.js";

const FILES_PER_BATCH = 100;
const ACCOUNTS_PER_SWEEP = 100;

/** A job ends by itself before its time limit; the sweep queues the next one. */
const LONGEST_RUN_MS = 5 * 60_000;

interface Deps {
  readonly deletions: DeletionRepository;
  readonly uploads: Pick<UploadsRepository, "listOwned">;
  readonly uploadSweep: Pick<UploadSweep, "finish">;
  readonly entries: Pick<EntriesRepository, "listFiles" | "markPurging">;
  readonly versions: Pick<VersionsRepository, "confirm">;
  readonly filePurge: Pick<FilePurge, "run" | "removeVersions">;
  readonly quotas: Pick<QuotaRepository, "forgetReleasesBefore">;
  readonly documents: PurgeRepository;
  readonly archiveRelease: Pick<ArchiveRelease, "removeAllOf">;
  readonly auditEvents: AuditPurgeRepository;
  readonly audit: Pick<AuditLog, "record">;
  readonly eventLog: Pick<EventLogRepository, "removeOf" | "forgetActor">;
  readonly eventRelay: Pick<EventRelay, "sweep">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  /** How long an emptied account stays, in milliseconds: longer than a request that began before may still write. */
  readonly delayMs: number;
}

/**
 * Removes all that there is of a deleted account, and the account last: whatever a crash interrupts, the sweep finds the account and
 * repeats. Every step may run twice, and on two workers at once. No upload can begin meanwhile: the quota refuses it.
 *
 * An account is emptied twice. What a request still writes that began before the deletion (an event, a session, a folder) goes with the second time.
 */
export class AccountPurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Queues the purges that are due. */
  async enqueueDue(signal: AbortSignal): Promise<void> {
    const { deletions, jobs, now, delayMs } = this.#deps;
    const at = now();
    const emptiedBefore = new Date(at.getTime() - delayMs);
    for (const { id: deletionId } of await deletions.listDue(
      at,
      emptiedBefore,
      ACCOUNTS_PER_SWEEP,
    )) {
      signal.throwIfAborted();
      jobs.enqueue({ name: "account.purge", data: { deletionId } });
    }
  }

  /** Continues a purge for a few minutes at most. Does nothing when the account was restored or is gone. */
  async run(deletionId: Id, signal: AbortSignal): Promise<void> {
    const { deletions, now, delayMs } = this.#deps;
    const account = await deletions.beginPurge(deletionId, now());
    if (account === undefined) return;
    const isEmpty = await this.#empty(account, signal);
    if (!isEmpty) return;
    await deletions.markEmptied(deletionId, now());
    const emptiedAt = account.deletion.emptiedAt ?? now();
    if (now().getTime() - emptiedAt.getTime() < delayMs) return;
    await deletions.remove(deletionId);
    await this.#removeEvents(account.id, signal);
    await this.#record(deletionId);
  }

  /** @returns `false` when the time was too short for all of it. */
  async #empty({ id, deletion }: PurgedAccount, signal: AbortSignal): Promise<boolean> {
    const { documents, archiveRelease, auditEvents, now } = this.#deps;
    const until = now().getTime() + LONGEST_RUN_MS;
    const isInTime = () => {
      signal.throwIfAborted();
      return now().getTime() < until;
    };
    await documents.removeDocuments(id, signal);
    await archiveRelease.removeAllOf(id, signal);
    if (!(await this.#removeUploads(id, isInTime))) return false;
    if (!(await this.#removeFiles(id, signal, isInTime))) return false;
    await documents.removeFolders(id, signal);
    await this.#removeEvents(id, signal);
    while (await auditEvents.forget(id, deletion.id)) {
      if (!isInTime()) return false;
    }
    return true;
  }

  /** Its log, and its name in the logs of others: also in what these are about to get. */
  async #removeEvents(id: Id, signal: AbortSignal): Promise<void> {
    const { eventLog, eventRelay } = this.#deps;
    await eventRelay.sweep(signal);
    while (await eventLog.forgetActor(id)) signal.throwIfAborted();
    while (await eventLog.removeOf(id)) signal.throwIfAborted();
  }

  /** An upload that another process has decided to publish is published first. */
  async #removeUploads(ownerId: Id, isInTime: () => boolean): Promise<boolean> {
    const { uploads, uploadSweep } = this.#deps;
    while (isInTime()) {
      const found = await uploads.listOwned(ownerId, FILES_PER_BATCH);
      if (found.length === 0) return true;
      let isAnyOver = false;
      for (const upload of found) isAnyOver = (await uploadSweep.finish(upload)) || isAnyOver;
      // The others were touched by their requests a moment ago: the next job finds them ended.
      if (!isAnyOver) return false;
    }
    return false;
  }

  async #removeFiles(ownerId: Id, signal: AbortSignal, isInTime: () => boolean): Promise<boolean> {
    const { entries, documents, filePurge, quotas, now } = this.#deps;
    let isAnyLeft = false;
    // What was left to another purge would be taken from it again and again: the next job finds it removed.
    while (isInTime() && !isAnyLeft) {
      const files = await entries.listFiles(ownerId, FILES_PER_BATCH);
      for (const file of files) isAnyLeft = !(await this.#removeFile(file, signal)) || isAnyLeft;
      const strays = files.length > 0 ? [] : await documents.listVersions(ownerId, FILES_PER_BATCH);
      if (!(await filePurge.removeVersions(ownerId, strays, signal))) isAnyLeft = true;
      // Those of what two purges had claimed. Nobody asks any more whether the usage of the account is exact.
      await quotas.forgetReleasesBefore(ownerId, new Date(now().getTime() + 1));
      if (files.length + strays.length === 0) return true;
    }
    return false;
  }

  /** @returns `false` when something of it was left to another purge. */
  async #removeFile(file: FileEntry, signal: AbortSignal): Promise<boolean> {
    const { entries, versions, filePurge, now } = this.#deps;
    const { ownerId, _id: fileId, purgingSince } = file;
    if (purgingSince === null) {
      // A version that its file shows is confirmed before the file goes: see Publisher.
      await versions.confirm(file);
      if (!(await entries.markPurging(file, now()))) return true;
    }
    return filePurge.run({ ownerId, fileId }, signal);
  }

  /** The deletion's id stands for the account in earlier events. */
  #record(deletionId: Id): Promise<void> {
    return this.#deps.audit.record({
      action: "account.purge",
      accountId: deletionId,
      actor: null,
      target: { kind: "account", id: deletionId },
      outcome: "success",
      reason: null,
      client: null,
      requestId: null,
      changes: null,
    });
  }
}
