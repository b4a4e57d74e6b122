import { sourceOf } from "../platform/network.js";
import { type RouteClass, type Standing, type Subject, WINDOW_SECONDS } from "./policy.js";
import type { WindowCounter } from "./window-counter.js";

/** What is counted for one class of routes, by whose requests they are. */
export type Counters = Readonly<Record<Subject, readonly WindowCounter[]>>;

/** Whose request it is. */
interface Sender {
  readonly credentialId: string;
  readonly accountId: string;
}

/** The policies of one class as `RateLimit-Policy` names them; the second for requests with a credential. */
interface PolicyTexts {
  readonly anyone: string;
  readonly actor: string;
}

interface Deps {
  readonly counters: Readonly<Record<RouteClass, Counters>>;
  /** A clock that nobody sets, in milliseconds. */
  readonly clock: () => number;
}

/** How many requests clients may send, by the class of their route. Every request passes here, so this does little. */
export class RateLimits {
  readonly #counters: Deps["counters"];
  readonly #clock: Deps["clock"];
  readonly #texts: Readonly<Record<RouteClass, PolicyTexts>>;

  constructor({ counters, clock }: Deps) {
    this.#counters = counters;
    this.#clock = clock;
    this.#texts = {
      everything: textsOf(counters.everything),
      "sign-in": textsOf(counters["sign-in"]),
      upload: textsOf(counters.upload),
      search: textsOf(counters.search),
    };
  }

  /** Counts a request for the address that it came from. @returns The policy that is nearest to its limit, if there is any. */
  countAddress(routeClass: RouteClass, address: string): Standing | undefined {
    const { address: counters } = this.#counters[routeClass];
    return count(counters, sourceOf(address), this.#clock());
  }

  /** Counts a request for its credential, and for the account of that. @returns The policy that is nearest to its limit. */
  countActor(routeClass: RouteClass, { credentialId, accountId }: Sender): Standing | undefined {
    const { credential, account } = this.#counters[routeClass];
    const now = this.#clock();
    return nearer(count(credential, credentialId, now), count(account, accountId, now));
  }

  /** The policies of a class as `RateLimit-Policy` names them. */
  policies(routeClass: RouteClass): PolicyTexts {
    return this.#texts[routeClass];
  }
}

function count(counters: readonly WindowCounter[], subject: string, now: number) {
  let nearest: Standing | undefined;
  for (const counter of counters) nearest = nearer(nearest, counter.count(subject, now));
  return nearest;
}

/** The standing with the smaller share of its limit left. */
export function nearer(a: Standing | undefined, b: Standing | undefined): Standing | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return share(b) < share(a) ? b : a;
}

/** How much of a limit is left, from 0 to 1. An exceeded one is less than nothing. */
const share = ({ isExceeded, remaining, policy }: Standing) =>
  isExceeded ? -1 : remaining / policy.limit;

function textsOf({ address, credential, account }: Counters): PolicyTexts {
  const text = (counters: readonly WindowCounter[]) =>
    counters
      .map(({ policy: { name, limit } }) => `"${name}";q=${limit};w=${WINDOW_SECONDS}`)
      .join(", ");
  return { anyone: text(address), actor: text([...address, ...credential, ...account]) };
}
