import type { Guesses } from "../accounts/guesses.js";
import type { NewPasswords } from "../accounts/new-passwords.js";
import type { Passwords } from "../accounts/passwords.js";
import { LinkPasswordError } from "./errors.js";
import type { ShareLinkDoc } from "./link.js";
import type { LinksRepository } from "./repository.js";

interface Deps {
  readonly links: Pick<LinksRepository, "use">;
  readonly passwords: Pick<Passwords, "verify">;
  readonly newPasswords: Pick<NewPasswords, "hash">;
  readonly guesses: Pick<Guesses, "attempt">;
}

/** Who gives a password. */
interface Guesser {
  /** The client's address. */
  readonly address: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** The link whose password was given. */
type AskedLink = Pick<ShareLinkDoc, "_id" | "ownerId" | "passwordHash">;

/**
 * The passwords of links. They wait for the same turn as those of accounts. Guesses are slowed in the same way: of a link at one address, of a link over
 * all addresses, and of an address over all links and accounts.
 */
export class LinkPasswords {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Hashes the password of a link.
   *
   * @param password - Checked by the caller (`passwordFault`).
   * @throws InvalidRequestError when the password is easy to guess.
   * @throws BusyError when too many passwords are being hashed.
   */
  hash(password: string, signal?: AbortSignal): Promise<string> {
    return this.#deps.newPasswords.hash(password, { username: "", field: "password", signal });
  }

  /**
   * Resolves when a password is the link's, and at once for a link without one.
   *
   * @returns The hash that the link has now.
   * @throws {@link LinkPasswordError} (401) when it is wrong.
   * @throws TooManyAttemptsError (429, with `Retry-After`) when too many were wrong: none is verified until the delay is over.
   * @throws BusyError (503) when too many passwords are being verified.
   */
  async verify(
    link: AskedLink,
    password: string,
    { address, signal }: Guesser,
  ): Promise<string | null> {
    const { passwords, guesses } = this.#deps;
    if (link.passwordHash === null) return null;
    // No username has a colon.
    const attempt = guesses.attempt({ username: `link:${link._id}`, address });
    await attempt.check();
    const verdict = await passwords.verify(password, link.passwordHash, { signal, attempt });
    if (!verdict.isCorrect) throw new LinkPasswordError("wrong");
    await attempt.succeeded();
    if (verdict.upgradedHash === undefined) return link.passwordHash;
    await this.#upgrade(link, verdict.upgradedHash);
    return verdict.upgradedHash;
  }

  /** Unless the password was changed meanwhile. */
  async #upgrade({ _id, ownerId, passwordHash }: AskedLink, upgradedHash: string): Promise<void> {
    const $set = { passwordHash: upgradedHash };
    await this.#deps.links.use({ _id, ownerId, kind: "share", passwordHash }, { $set });
  }
}
