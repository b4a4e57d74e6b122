import { LinkPasswordError } from "./errors.js";
import type { ShareLinkDoc } from "./link.js";
import type { LinkTokens } from "./tokens.js";

/** How long the password of a link need not be given again. */
export const UNLOCK_MS = 12 * 60 * 60 * 1000;

const PURPOSE = "unlock";

/** Who gives a password. */
export interface Guesser {
  /** The IP address of the client. */
  readonly address: string;
  /** Is aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** What verifies the passwords of links, and limits how often somebody may guess. */
export interface LinkPasswordVerifier {
  /** @returns The hash that the link has now. @throws {@link LinkPasswordError}, TooManyAttemptsError, BusyError */
  verify(link: ShareLinkDoc, password: string, guesser: Guesser): Promise<string | null>;
}

interface Deps {
  readonly tokens: Pick<LinkTokens, "sign" | "isSigned">;
  readonly passwords: LinkPasswordVerifier;
  readonly now: () => Date;
}

/** What somebody shows at a link that has a password. */
export interface ShownProof {
  readonly password: string | undefined;
  readonly unlock: string | undefined;
}

/** Opens links that have a password. An unlock proves that the password was given: it is for one link, and as long as the link has this password. */
export class LinkUnlocks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A password that is given counts, and no unlock beside it. @throws {@link LinkPasswordError}, TooManyAttemptsError, BusyError */
  async check(
    link: ShareLinkDoc,
    { password, unlock }: ShownProof,
    guesser: Guesser,
  ): Promise<void> {
    if (link.passwordHash === null) return;
    if (password !== undefined) await this.#deps.passwords.verify(link, password, guesser);
    else if (unlock === undefined || !this.#isUnlocked(link, unlock)) {
      throw new LinkPasswordError("missing");
    }
  }

  /** The unlock for who gives the password; valid for {@link UNLOCK_MS}. @throws As {@link check}. */
  async unlock(link: ShareLinkDoc, password: string, guesser: Guesser): Promise<string> {
    const passwordHash = await this.#deps.passwords.verify(link, password, guesser);
    const until = String(this.#deps.now().getTime() + UNLOCK_MS);
    return `${until}.${this.#deps.tokens.sign(PURPOSE, signed({ ...link, passwordHash }, until))}`;
  }

  #isUnlocked(link: ShareLinkDoc, unlock: string): boolean {
    const { tokens, now } = this.#deps;
    const [until = "", signature = ""] = unlock.split(".");
    const isSigned = tokens.isSigned(PURPOSE, signed(link, until), signature);
    return isSigned && Number(until) > now().getTime();
  }
}

/** Another password has another hash, so every unlock ends with a change of the password. */
const signed = ({ _id, passwordHash }: ShareLinkDoc, until: string) =>
  `${_id}\0${passwordHash ?? ""}\0${until}`;
