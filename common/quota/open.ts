import type { Db } from "mongodb";
import { QuotaRepository } from "./repository.js";
import { Quota } from "./service.js";
import { QuotaWatch } from "./watch.js";
import { QuotaWatchRepository } from "./watch-repository.js";

interface Options {
  readonly db: Db;
  readonly now: () => Date;
}

/** Opens what accounts may store; `quotas` is for the worker, which corrects it. */
export function openQuota({ db, now }: Options) {
  const quotas = new QuotaRepository(db);
  return {
    quotas,
    quota: new Quota({ quotas, now }),
    quotaWatch: new QuotaWatch({ accounts: new QuotaWatchRepository(db), now }),
  };
}
