import type { AccountActor } from "../access/actor.js";
import { NotFoundError } from "../platform/errors.js";
import type { JobProducer } from "../queue/producer.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { MeasuredAccount, UsageMeter } from "./meter.js";
import type { UsageRepository } from "./repository.js";
import { nothingMeasured, type UsageSums } from "./usage.js";

/** After this time an account is measured again, even if nothing is known to have changed. */
const FRESH_FOR_MS = 60_000;
/** An account with more files is left to the worker. */
const MOST_FILES_AT_ONCE = 1000;
/** As many as it takes where there are fewer folders, and fewer versions, than one step counts. */
const STEPS_AT_ONCE = 2;

interface Deps {
  readonly usages: Pick<UsageRepository, "find" | "request">;
  readonly quotas: Pick<QuotaRepository, "find">;
  readonly meter: UsageMeter;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** What an account stores. */
export interface UsageReport {
  /** `null` where it was never measured. */
  readonly measured: { readonly sums: UsageSums; readonly at: Date } | null;
  /** What uploads on their way in have reserved. */
  readonly inFlight: { readonly uploads: number; readonly bytes: number };
  /** Always exact. */
  readonly usedBytes: number;
  /** `null` is unlimited. */
  readonly limitBytes: number | null;
}

/** Tells what an account stores, by kind. Small accounts are measured at once; for others the worker does that, and the last measurement is told. */
export class Usages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError for a credential that may not leave a folder: this is about the whole namespace. */
  async report({ account, home, rootFolderId }: AccountActor): Promise<UsageReport> {
    if (rootFolderId !== null) throw new NotFoundError("account");
    const { ownerId } = home;
    const quota = await this.#deps.quotas.find(ownerId);
    if (quota === null) throw new NotFoundError("account");
    const { reservations, usage, limits, allocatedBytes, revision } = quota;
    const usedBytes = Number(usage.bytes);
    const isSmall = Number(usage.files) <= MOST_FILES_AT_ONCE;
    const { trashEmptiedAt } = account;
    const measured = { ownerId, rootFolderId: home.rootFolderId, trashEmptiedAt };
    return {
      measured:
        (isSmall ? await this.#measureAtOnce(measured) : null) ??
        (await this.#lastMeasured(measured, revision.toString())),
      inFlight: { uploads: reservations.length, bytes: Number(allocatedBytes) - usedBytes },
      usedBytes,
      limitBytes: limits.bytes === null ? null : Number(limits.bytes),
    };
  }

  /** @returns `null` where there is too much. */
  async #measureAtOnce(account: MeasuredAccount) {
    const { meter, now } = this.#deps;
    const at = now();
    let progress = nothingMeasured();
    for (let steps = 0; steps < STEPS_AT_ONCE; steps += 1) {
      progress = await meter.step(account, progress);
      if (progress.phase === "over") return { sums: progress.sums, at };
    }
    return null;
  }

  /** The next one is asked for where this one may not be true any more. */
  async #lastMeasured({ ownerId }: MeasuredAccount, revision: string) {
    const { usages, jobs, now } = this.#deps;
    const known = await usages.find(ownerId);
    const measured = known?.measured ?? null;
    const isFresh =
      measured?.revision === revision && now().getTime() - measured.at.getTime() < FRESH_FOR_MS;
    if (!isFresh) {
      await usages.request(ownerId, now());
      jobs.enqueue({ name: "usage.measure", data: { ownerId } });
    }
    return measured;
  }
}
