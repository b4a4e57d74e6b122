import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { QuotaDoc, QuotaRepository } from "../quota/repository.js";
import type { Quota } from "../quota/service.js";
import type { Settlement } from "./settlement.js";
import type { UsageDrift } from "./usage-drift.js";

const BATCH = 200;

interface Deps {
  readonly accounts: QuotaRepository;
  readonly quota: Pick<Quota, "release">;
  readonly settlement: Settlement;
  readonly uploads: Pick<UploadsRepository, "isUnderWay">;
  readonly versions: Pick<VersionsRepository, "findByUpload">;
  readonly drift: UsageDrift;
  readonly now: () => Date;
  /** How long a job may run at most, with a margin: release marks that no purge could take away are kept that long. */
  readonly longestJobMs: number;
  /** How long to wait after all accounts were recomputed before the first is again. */
  readonly intervalMs: number;
}

/** Keeps the books true: settles what no job settled, and recomputes usage from the versions themselves. */
export class QuotaReconcile {
  readonly #deps: Deps;
  #afterId = "";
  #nextRoundAt = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Settles every reservation whose upload is over, whether it was published or not. */
  async settleLost(signal: AbortSignal): Promise<void> {
    for (let afterId = ""; ;) {
      const accounts = await this.#deps.accounts.listReserved(afterId, BATCH);
      for (const account of accounts) {
        signal.throwIfAborted();
        await this.#settleAccount(account);
      }
      const last = accounts.at(-1);
      if (last === undefined) return;
      afterId = last._id;
    }
  }

  /** Recomputes some accounts, from where the last run stopped, when they are due. @returns How many were wrong. */
  async recompute(signal: AbortSignal): Promise<number> {
    const now = this.#deps.now().getTime();
    if (now < this.#nextRoundAt) return 0;
    const accounts = await this.#deps.accounts.list(this.#afterId, BATCH);
    const isLast = accounts.length < BATCH;
    this.#afterId = isLast ? "" : (accounts.at(-1)?._id ?? "");
    if (isLast) this.#nextRoundAt = now + this.#deps.intervalMs;
    let corrected = 0;
    for (const account of accounts) {
      signal.throwIfAborted();
      if (await this.#recomputeAccount(account)) corrected += 1;
    }
    return corrected;
  }

  async #settleAccount({ _id: ownerId, reservations }: QuotaDoc): Promise<void> {
    const { uploads, versions, settlement, quota } = this.#deps;
    for (const { uploadId } of reservations) {
      // In this order: an upload leaves the ledger only after its version is there.
      if (await uploads.isUnderWay(ownerId, uploadId)) continue;
      const version = await versions.findByUpload(ownerId, uploadId);
      if (version === null) await quota.release({ ownerId, uploadId });
      else await settlement.run({ ownerId, uploadId });
    }
  }

  async #recomputeAccount(account: QuotaDoc): Promise<boolean> {
    const { accounts, drift, now, longestJobMs } = this.#deps;
    const found = await drift.of(account);
    const isCorrected = found !== undefined && (await drift.correct(account, found));
    if (account.releases.length > 0) {
      await accounts.forgetReleasesBefore(account._id, new Date(now().getTime() - longestJobMs));
    }
    return isCorrected;
  }
}
