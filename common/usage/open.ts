import type { Db } from "mongodb";
import type { EntriesRepository } from "../entries/repository.js";
import type { JobProducer } from "../queue/producer.js";
import type { QuotaRepository } from "../quota/repository.js";
import { UsageMeter } from "./meter.js";
import { UsageRepository } from "./repository.js";
import { Usages } from "./service.js";

interface Options {
  readonly db: Db;
  readonly entries: EntriesRepository;
  readonly quotas: QuotaRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Opens what tells an account what it stores. `meter` and `records` are for the worker. */
export function openUsages({ db, entries, quotas, jobs, now }: Options) {
  const records = new UsageRepository(db);
  const meter = new UsageMeter({ usages: records, entries });
  return { records, meter, usages: new Usages({ usages: records, quotas, meter, jobs, now }) };
}
