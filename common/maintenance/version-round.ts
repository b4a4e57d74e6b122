import { isKeepingAll, type VersionRules } from "../accounts/version-rules.js";
import type { AccountRules, VersionRulesRepository } from "../accounts/rules-repository.js";
import type { Id } from "../platform/ids.js";
import type { ExpiryRepository } from "../versions/expiry-repository.js";
import type { Position, RoundRepository } from "./round-repository.js";
import type { VersionExpiry } from "./version-expiry.js";

const ACCOUNTS_PER_QUERY = 200;
const VERSIONS_PER_QUERY = 1000;

/** What one sweep does at most. The next one goes on from there. */
const MOST_QUERIES = 100;
const MOST_FILES = 2000;
/** Each becomes a job. The producer takes some 10,000 at a time, and drops the others: they would wait for a later sweep. */
const MOST_VERSIONS = 5000;

const BEGINNING: Position = { ownerId: "", fileId: "" };

interface Deps {
  readonly rounds: RoundRepository;
  readonly rules: Pick<VersionRulesRepository, "find" | "listAfter">;
  readonly defaultRules: VersionRules;
  readonly expiry: Pick<ExpiryRepository, "listFileIds">;
  readonly versionExpiry: Pick<VersionExpiry, "run">;
  readonly now: () => Date;
  /** The time between two rounds, in milliseconds. */
  readonly intervalMs: number;
}

/** How much one sweep has left to do. */
interface Budget {
  files: number;
  versions: number;
}

/**
 * Holds all files that have earlier versions against the rules of their owners, in rounds, because versions grow old, rules change, and jobs are lost.
 * The position is kept in MongoDB. Two workers at once do the same work twice, which is harmless.
 */
export class VersionRound {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Continues the current round, or starts a round that is due. @returns how many versions were marked to be removed. */
  async run(signal: AbortSignal): Promise<number> {
    const { rounds, now, intervalMs } = this.#deps;
    const known = await rounds.find();
    if (known !== null && known.dueAt > now()) return 0;
    const budget = { files: MOST_FILES, versions: MOST_VERSIONS };
    let position: Position | undefined = known?.position ?? BEGINNING;
    for (let queries = 0; queries < MOST_QUERIES && !isSpent(budget); queries += 1) {
      signal.throwIfAborted();
      position = await this.#goOn(position, budget, signal);
      if (position === undefined) break;
    }
    const dueAt = position === undefined ? new Date(now().getTime() + intervalMs) : now();
    await rounds.keep(position ?? BEGINNING, dueAt);
    return MOST_VERSIONS - budget.versions;
  }

  /** @returns `undefined` at the end of the round. */
  async #goOn(position: Position, budget: Budget, signal: AbortSignal) {
    const account = await this.#deps.rules.find(position.ownerId);
    const isRuled = account !== undefined && this.#hasRules(account);
    const reached = isRuled ? await this.#doFiles(position, budget, signal) : undefined;
    return reached ?? this.#nextOwner(position);
  }

  /** The next account that has rules. */
  async #nextOwner({ ownerId }: Position): Promise<Position | undefined> {
    const accounts = await this.#deps.rules.listAfter(ownerId, ACCOUNTS_PER_QUERY);
    const next = accounts.find((account) => this.#hasRules(account));
    const isLast = accounts.length < ACCOUNTS_PER_QUERY;
    const reached = next ?? (isLast ? undefined : accounts.at(-1));
    return reached && { ownerId: reached.ownerId, fileId: "" };
  }

  #hasRules({ rules }: AccountRules): boolean {
    return !isKeepingAll(rules ?? this.#deps.defaultRules);
  }

  /** Some files of an account. @returns `undefined` when there are no more. */
  async #doFiles({ ownerId, fileId }: Position, budget: Budget, signal: AbortSignal) {
    const { expiry, versionExpiry } = this.#deps;
    const found = await expiry.listFileIds(ownerId, fileId, VERSIONS_PER_QUERY);
    let doneId = fileId;
    for (const [id, count] of wholeFiles(found)) {
      if (isSpent(budget)) break;
      if (count > 1) {
        const options = { signal, limit: budget.versions };
        budget.versions -= await versionExpiry.run({ ownerId, fileId: id }, options);
        budget.files -= 1;
        // There may be more of this one.
        if (budget.versions <= 0) break;
      }
      doneId = id;
    }
    return found.length === 0 ? undefined : { ownerId, fileId: doneId };
  }
}

/** How many versions each file has. The last file of a full page may have more of them on the next one, so it is left to that. */
function wholeFiles(fileIds: readonly Id[]): (readonly [Id, number])[] {
  const counts = new Map<Id, number>();
  for (const id of fileIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  const files = [...counts];
  const isFull = fileIds.length === VERSIONS_PER_QUERY;
  return isFull && files.length > 1 ? files.slice(0, -1) : files;
}

const isSpent = ({ files, versions }: Budget) => files <= 0 || versions <= 0;
