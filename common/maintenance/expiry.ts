import type { Db } from "mongodb";
import { VersionRulesRepository } from "../accounts/rules-repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { JobProducer } from "../queue/producer.js";
import { ExpiryRepository } from "../versions/expiry-repository.js";
import { defaultVersionRules, type VersionSettings } from "../versions/settings.js";
import { RoundRepository } from "./round-repository.js";
import { VersionExpiry } from "./version-expiry.js";
import { VersionRound } from "./version-round.js";

interface Options {
  readonly db: Db;
  readonly entries: EntriesRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly settings: VersionSettings;
  readonly now: () => Date;
}

/** Opens what removes the versions that are not to be kept. */
export function openExpiry({ db, entries, jobs, settings, now }: Options) {
  const rules = new VersionRulesRepository(db);
  const expiry = new ExpiryRepository(db);
  const common = { rules, defaultRules: defaultVersionRules(settings), expiry, now };
  const versionExpiry = new VersionExpiry({ ...common, entries, jobs });
  const intervalMs = settings.versionsRoundIntervalMs;
  return {
    versionExpiry,
    versionRound: new VersionRound({
      ...common,
      rounds: new RoundRepository(db),
      versionExpiry,
      intervalMs,
    }),
  };
}
