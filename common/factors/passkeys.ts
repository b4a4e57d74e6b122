import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import { type Asked, type Assertions, claimedAccount, spend } from "./assertions.js";
import type { Challenges } from "./challenges.js";
import { PasskeysOffError, TooManyPasskeysError } from "./errors.js";
import { type Factors, hasSecondFactor, type Passkey, withoutIdleCodes } from "./factors.js";
import { hashesOf, newRecoveryCodes } from "./recovery-codes.js";
import type { RelyingParty } from "./relying-party.js";
import type { FactorsRepository } from "./repository.js";
import { type PasskeyAnswer, readClaims, verifyRegistration } from "./webauthn.js";
import { assertionOptions, registrationOptions } from "./webauthn-options.js";

/** The most passkeys that an account has. */
export const MAX_PASSKEYS = 20;

interface Deps {
  readonly factors: FactorsRepository;
  readonly assertions: Assertions;
  readonly challenges: Challenges;
  /** The site of a request, by its host; see `siteOfRequest`. */
  readonly siteOf: (host: string) => RelyingParty | undefined;
  readonly now: () => Date;
}

interface NewPasskey {
  readonly name: string;
  readonly answer: PasskeyAnswer;
  /** The host that the request was sent to. */
  readonly host: string;
}

/** Passkeys of accounts: made, listed, named, removed, and used alone to sign in. */
export class Passkeys {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether passkeys can be made for the site of a request. */
  areOnFor(host: string): boolean {
    return this.#deps.siteOf(host) !== undefined;
  }

  /** The newest first. */
  async list(accountId: Id): Promise<readonly Passkey[]> {
    return (await this.#deps.factors.find(accountId)).passkeys.toReversed();
  }

  /**
   * What to ask the browser to make. The caller has asked the person once more who it is: the challenge says so to {@link add}.
   *
   * @throws {@link PasskeysOffError} @throws {@link TooManyPasskeysError}
   */
  async startAdding(account: { readonly id: Id; readonly username: string }, host: string) {
    const { factors, challenges } = this.#deps;
    const site = this.#siteOf(host);
    const { passkeys } = await factors.find(account.id);
    if (passkeys.length >= MAX_PASSKEYS) throw new TooManyPasskeysError(MAX_PASSKEYS);
    const challenge = challenges.issue("register", account.id);
    return registrationOptions(site, challenge, { ...account, passkeys });
  }

  /**
   * Adds what the browser has made.
   *
   * @returns The passkey, and new recovery codes where it is the account's first second factor.
   * @throws {@link InvalidRequestError} when the answer is not valid, or its challenge is not one of this account or was used before.
   * @throws {@link PasskeysOffError} @throws {@link TooManyPasskeysError}
   */
  async add(accountId: Id, { name, answer, host }: NewPasskey) {
    const { factors, challenges, now } = this.#deps;
    const site = this.#siteOf(host);
    const text = readClaims(answer)?.challenge;
    const challenge = text === undefined ? undefined : challenges.read(text, "register", accountId);
    if (text === undefined || challenge === undefined) throw notMade();
    const made = await verifyRegistration(answer, text, site);
    if (made === undefined) throw notMade();
    const passkey = { ...made, id: newId(), name, createdAt: now(), lastUsedAt: null };
    const codes = newRecoveryCodes();
    const hashes = hashesOf(codes);
    const changed = await factors.change(accountId, (found) => {
      const usedChallenges = spend(found.usedChallenges, challenge, now());
      const isKnown = found.passkeys.some((one) => one.credentialId === passkey.credentialId);
      if (usedChallenges === undefined || isKnown) throw notMade();
      if (found.passkeys.length >= MAX_PASSKEYS) throw new TooManyPasskeysError(MAX_PASSKEYS);
      const passkeys = [...found.passkeys, passkey];
      const recoveryCodes = hasSecondFactor(found) ? found.recoveryCodes : hashes;
      return { ...found, passkeys, usedChallenges, recoveryCodes };
    });
    return { passkey, recoveryCodes: changed?.recoveryCodes === hashes ? codes : null };
  }

  /** @throws {@link NotFoundError} */
  async rename(accountId: Id, id: Id, name: string): Promise<Passkey> {
    const changed = await this.#deps.factors.change(accountId, (found) => {
      const renamed = find(found, id);
      const passkeys = found.passkeys.map((one) => (one === renamed ? { ...one, name } : one));
      return { ...found, passkeys };
    });
    return find(changed, id);
  }

  /** @throws {@link NotFoundError} */
  async remove(accountId: Id, id: Id): Promise<void> {
    await this.#deps.factors.change(accountId, (found) => {
      const removed = find(found, id);
      const passkeys = found.passkeys.filter((one) => one !== removed);
      return withoutIdleCodes({ ...found, passkeys });
    });
  }

  /**
   * What to ask the browser for, to sign in with a passkey alone.
   *
   * @param browser - A secret that only this browser has.
   * @throws {@link PasskeysOffError}
   */
  startSignIn(host: string, browser: string) {
    const challenge = this.#deps.challenges.issue("sign-in", browser);
    return assertionOptions(this.#siteOf(host), challenge, "any");
  }

  /**
   * Whose passkey has answered; `undefined` where the answer does not count. The authenticator must have verified its user.
   *
   * @param browser - As {@link startSignIn} was given it.
   */
  async proveAlone(answer: PasskeyAnswer, browser: string): Promise<Id | undefined> {
    const { factors, assertions } = this.#deps;
    const accountId = claimedAccount(answer);
    if (accountId === undefined) return undefined;
    const asked: Asked = { purpose: "sign-in", holder: browser };
    const changed = await factors.change(accountId, (found) =>
      assertions.accept(found, answer, asked),
    );
    return changed === undefined ? undefined : accountId;
  }

  #siteOf(host: string): RelyingParty {
    const site = this.#deps.siteOf(host);
    if (site === undefined) throw new PasskeysOffError();
    return site;
  }
}

function find(factors: Factors | undefined, id: Id): Passkey {
  const passkey = factors?.passkeys.find((one) => one.id === id);
  if (passkey === undefined) throw new NotFoundError("passkey");
  return passkey;
}

const notMade = () =>
  new InvalidRequestError([
    {
      in: "body",
      pointer: "/passkey",
      detail: "passkey is no valid answer to a challenge of the last five minutes",
    },
  ]);
