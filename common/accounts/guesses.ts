import { createHash } from "node:crypto";
import { networkOf, sourceOf } from "../platform/network.js";
import { usernameKey } from "./account.js";
import { TooManyAttemptsError } from "./errors.js";
import type { GuessesRepository, SignInAttemptDoc } from "./guesses-repository.js";
import type { AccountsRepository } from "./repository.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The first delay; each further failure doubles it. */
const FIRST_DELAY_MS = 1000;

/** How long the failures of one account at one address are remembered after the last of them. */
const PAIR_MEMORY_MS = DAY_MS;
/** Failures of an account, and of an address, are counted anew in each of these spans. */
const ACCOUNT_SPAN_MS = DAY_MS;
const ADDRESS_SPAN_MS = HOUR_MS;

/** How long an account's network is remembered after the last sign-in from there, and when that is written again. */
const NETWORK_MEMORY_MS = 90 * DAY_MS;
const NETWORK_RENEWAL_MS = 89 * DAY_MS;

/** How many wrong passwords cost nothing; `null` for any number. */
export interface GuessLimits {
  /** Of one account, from one address. */
  readonly freeFailures: number | null;
  /** Of one account, from all addresses together. */
  readonly freeFailuresPerAccount: number | null;
  /** Of all accounts together, from one address. */
  readonly freeFailuresPerAddress: number | null;
  readonly longestDelayMs: number;
}

/** A refusal is written down once in such a span, for each count. */
const NOTE_INTERVAL_MS = HOUR_MS;

interface Deps {
  readonly attempts: GuessesRepository;
  readonly accounts: Pick<AccountsRepository, "findWithPassword">;
  readonly limits: GuessLimits;
  readonly now: () => Date;
}

/** Who tries, and from where. */
interface Guesser {
  readonly username: string;
  /** The client's address. */
  readonly address: string;
}

/**
 * Slows the guessing of passwords and codes. After some failures there is a delay before the next try, which grows with each failure: for an
 * account at one address, for an account over all addresses, and for an address over all accounts. The last two do not count on a network that the account has
 * signed in from before, so that nobody elsewhere locks its owner out. There the failures of the whole network count, but not at the very address that it
 * has signed in from: nor do neighbours lock its owner out. It makes no difference whether an account exists.
 */
export class Guesses {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** One sign-in, or one confirmation of who somebody is. */
  attempt(guesser: Guesser): Attempt {
    return new Attempt(guesser, this.#deps);
  }
}

/** A count of failures. */
interface Counter {
  readonly id: string;
  readonly freeFailures: number | null;
  readonly expiresAt: Date;
}

/** One try, from {@link check} to {@link succeeded} or {@link failed}. */
export class Attempt {
  readonly #deps: Deps;
  readonly #username: string;
  readonly #pair: Counter;
  /** Those that count on networks which the account has not signed in from. */
  readonly #wide: readonly Counter[];
  /** The one that counts on networks which it has signed in from, at other addresses. */
  readonly #near: Counter;
  readonly #networkId: string;
  readonly #sourceId: string;
  #found: readonly SignInAttemptDoc[] = [];

  constructor({ username, address }: Guesser, deps: Deps) {
    this.#deps = deps;
    this.#username = username;
    const { limits, now } = deps;
    const account = usernameKey(username);
    const source = sourceOf(address);
    const nowMs = now().getTime();
    const network = networkOf(address);
    this.#networkId = digest("network", account, network);
    this.#sourceId = digest("source", account, source);
    this.#pair = {
      id: digest("pair", account, source),
      freeFailures: limits.freeFailures,
      expiresAt: new Date(nowMs + PAIR_MEMORY_MS),
    };
    const inSpan = (spanMs: number, kind: string, ...whose: readonly string[]) => {
      const span = Math.floor(nowMs / spanMs);
      return {
        id: digest(kind, ...whose, String(span)),
        expiresAt: new Date((span + 1) * spanMs),
      };
    };
    this.#wide = [
      {
        ...inSpan(ACCOUNT_SPAN_MS, "account", account),
        freeFailures: limits.freeFailuresPerAccount,
      },
      {
        ...inSpan(ADDRESS_SPAN_MS, "address", source),
        freeFailures: limits.freeFailuresPerAddress,
      },
    ];
    this.#near = {
      ...inSpan(ACCOUNT_SPAN_MS, "near", account, network),
      freeFailures: limits.freeFailuresPerAccount,
    };
  }

  /**
   * Call it before the account is read, and again before its password is verified: others may have failed meanwhile.
   *
   * @throws {@link TooManyAttemptsError} when it is too early for the next try.
   */
  readonly check = async (): Promise<void> => {
    const { attempts, now } = this.#deps;
    const ids = this.#counters.map(({ id }) => id);
    this.#found = await attempts.find([this.#networkId, this.#sourceId, ...ids]);
    const at = now();
    // The widest first: an address that tries many accounts is one refusal.
    const blocking = [...this.#others(at), this.#pair].flatMap(({ id }) =>
      this.#found.filter(({ _id, blockedUntil }) => _id === id && (blockedUntil ?? at) > at),
    );
    const waits = blocking.map(({ blockedUntil }) => (blockedUntil ?? at).getTime() - at.getTime());
    if (blocking[0] === undefined) return;
    const retryAfterSeconds = Math.ceil(Math.max(...waits) / 1000);
    throw new TooManyAttemptsError(retryAfterSeconds, await this.#note(blocking[0], at));
  };

  /** Finds out whether a refusal is the first for a while, and whose. The account is looked up whether or not there is one. */
  async #note({ _id, notedUntil }: SignInAttemptDoc, at: Date) {
    const { attempts, accounts } = this.#deps;
    const isNoted = notedUntil !== undefined && notedUntil > at;
    const until = new Date(at.getTime() + NOTE_INTERVAL_MS);
    const isFirst = !isNoted && (await attempts.note(_id, { at, until }));
    const found = isFirst ? await accounts.findWithPassword(this.#username) : undefined;
    return { isFirst, tried: found?.account.id };
  }

  /** The password, or a code, was wrong. */
  readonly failed = async (): Promise<void> => {
    await Promise.all(this.#counters.map((counter) => this.#count(counter)));
  };

  /** Everything that was asked for was right: the failures of this account at this address are forgotten, and its address and network are known. */
  readonly succeeded = async (): Promise<void> => {
    const { attempts, now } = this.#deps;
    const nowMs = now().getTime();
    const hasFailed = this.#found.some(({ _id }) => _id === this.#pair.id);
    const renewBefore = new Date(nowMs + NETWORK_RENEWAL_MS);
    const due = [this.#networkId, this.#sourceId].filter((id) => !this.#isKnown(id, renewBefore));
    await Promise.all([
      hasFailed ? attempts.forget(this.#pair.id) : undefined,
      ...due.map((id) => attempts.know(id, new Date(nowMs + NETWORK_MEMORY_MS))),
    ]);
  };

  get #counters(): readonly Counter[] {
    return [this.#pair, this.#near, ...this.#wide];
  }

  /** What counts beside the failures of this account at this address. */
  #others(at: Date): readonly Counter[] {
    if (this.#isKnown(this.#sourceId, at)) return [];
    return this.#isKnown(this.#networkId, at) ? [this.#near] : this.#wide;
  }

  #isKnown(id: string, at: Date): boolean {
    return this.#found.some(({ _id, expiresAt }) => _id === id && expiresAt > at);
  }

  async #count({ id, freeFailures, expiresAt }: Counter): Promise<void> {
    if (freeFailures === null) return;
    const { attempts, limits, now } = this.#deps;
    const failures = await attempts.addFailure(id, expiresAt);
    if (failures < freeFailures) return;
    const delayMs = FIRST_DELAY_MS * 2 ** (failures - freeFailures);
    await attempts.block(id, new Date(now().getTime() + Math.min(delayMs, limits.longestDelayMs)));
  }
}

/** 132 bits of a digest: a username may be a password that was typed into the wrong field. */
function digest(kind: string, ...parts: readonly string[]): string {
  const hash = createHash("sha256").update([kind, ...parts].join("\0"));
  return `${kind}:${hash.digest("base64url").slice(0, 22)}`;
}
