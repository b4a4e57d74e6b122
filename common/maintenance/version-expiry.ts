import { isKeepingAll, type VersionRules } from "../accounts/version-rules.js";
import type { VersionRulesRepository } from "../accounts/rules-repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { ExpiryRepository } from "../versions/expiry-repository.js";
import { type JudgedVersion, KeepWalk } from "../versions/keep-walk.js";
import type { PurgeTarget } from "./claims-repository.js";

/** Of some 100 bytes each. */
const BATCH = 500;

interface Deps {
  readonly rules: Pick<VersionRulesRepository, "find">;
  readonly defaultRules: VersionRules;
  readonly expiry: Pick<ExpiryRepository, "listOlder" | "markExpired">;
  readonly entries: Pick<EntriesRepository, "findLiveFile">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

interface Options {
  readonly signal: AbortSignal;
  /** At most so many versions are removed. Default: no limit. */
  readonly limit?: number;
}

/**
 * Removes the versions of a file that the rules of its owner do not keep. They are marked batch by batch, each by compare-and-set: one that gets a
 * label first stays. A mark is all that `version.purge` needs, so a crash leaves nothing undone but what comes after the last batch.
 */
export class VersionExpiry {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns how many versions were marked. */
  async run(target: PurgeTarget, { signal, limit = Infinity }: Options): Promise<number> {
    const { ownerId, fileId } = target;
    const { expiry, now } = this.#deps;
    const file = { ownerId, _id: fileId };
    const walk = new KeepWalk(now());
    let last: JudgedVersion | undefined;
    let marked = 0;
    for (;;) {
      signal.throwIfAborted();
      const batch = await expiry.listOlder(file, last, BATCH + 1);
      const against = await this.#readAgainst(target);
      if (against === undefined) return marked;
      const judged = batch.slice(0, BATCH);
      const expired = judged
        .filter((version, n) => !walk.isKept(version, { ...against, older: batch[n + 1] }))
        .slice(0, limit - marked);
      marked += await this.#mark(target, expired);
      if (batch.length <= BATCH || marked >= limit) return marked;
      last = judged.at(-1);
    }
  }

  /**
   * To be called after the versions were read: each of them was shown by then, so one that the file does not show now will never be shown again.
   * The rules are read for each batch, because they may be relaxed meanwhile.
   *
   * @returns `undefined` where everything is kept. A file in the trash keeps what it has.
   */
  async #readAgainst({ ownerId, fileId }: PurgeTarget) {
    const { rules, defaultRules, entries } = this.#deps;
    const [account, file] = await Promise.all([
      rules.find(ownerId),
      entries.findLiveFile(ownerId, fileId),
    ]);
    const own = account?.rules ?? defaultRules;
    if (account === undefined || file === null || isKeepingAll(own)) return undefined;
    return { rules: own, currentId: file.versionId };
  }

  async #mark({ ownerId, fileId }: PurgeTarget, versions: readonly JudgedVersion[]) {
    const { expiry, jobs, now } = this.#deps;
    if (versions.length === 0) return 0;
    const ids: Id[] = versions.map(({ _id }) => _id);
    const marked = await expiry.markExpired({ ownerId, _id: fileId }, ids, now());
    // The job does nothing for one that was not marked.
    for (const versionId of ids)
      jobs.enqueue({ name: "version.purge", data: { ownerId, versionId } });
    return marked;
  }
}
