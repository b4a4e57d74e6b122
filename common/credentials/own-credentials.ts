import type { Account } from "../accounts/account.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { CredentialDoc, CredentialKind } from "./credential.js";
import { endOf } from "./end-of.js";
import type { ParentSessions } from "./parent-sessions.js";
import type { CredentialPage, CredentialsRepository } from "./repository.js";

interface Deps {
  readonly credentials: Pick<CredentialsRepository, "list" | "remove" | "removeAll">;
  /** The sessions that families of tokens may depend on. Missing for sessions, which depend on nothing. */
  readonly parents?: Pick<ParentSessions, "endOf">;
  /** A kind that a person signs in for. */
  readonly kind: Exclude<CredentialKind, "api-key">;
  /** How long any credential of the kind lasts, however much it is used. */
  readonly lifetimeMs: number;
  readonly now: () => Date;
}

interface PageQuery {
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The sessions, or the token families, of one account, as its owner sees and ends them. */
export class OwnCredentials {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Those that are valid now, the latest first. @throws InvalidCursorError */
  async list(
    { id: accountId, sessionsValidFrom }: Pick<Account, "id" | "sessionsValidFrom">,
    page: PageQuery,
  ): Promise<CredentialPage> {
    const { credentials, kind, lifetimeMs, now } = this.#deps;
    const validAfter = now();
    const longestAgo = new Date(validAfter.getTime() - lifetimeMs + 1);
    const begunFrom = sessionsValidFrom > longestAgo ? sessionsValidFrom : longestAgo;
    const { items, nextCursor } = await credentials.list({
      accountId,
      kind,
      begunFrom,
      validAfter,
      ...page,
    });
    const ends = await Promise.all(
      items.map(async (doc) => ({ ...doc, expiresAt: await this.#endOf(doc, lifetimeMs) })),
    );
    return { items: ends.filter(({ expiresAt }) => expiresAt > validAfter), nextCursor };
  }

  async #endOf(doc: CredentialDoc, lifetimeMs: number): Promise<Date> {
    const own = endOf(doc, lifetimeMs);
    const last = await this.#deps.parents?.endOf(doc);
    return last !== undefined && last < own ? last : own;
  }

  /**
   * Ends one, on every web process from the next request on.
   *
   * @throws {@link NotFoundError} when the account has none with the id.
   */
  async end(accountId: Id, id: Id): Promise<void> {
    const { credentials, kind } = this.#deps;
    const isEnded = await credentials.remove({ accountId, _id: id }, kind);
    if (!isEnded) throw new NotFoundError(kind === "session" ? "session" : "token");
  }

  /** Ends all, except the one that is named. @returns How many there were. */
  endOthers(accountId: Id, exceptId?: Id): Promise<number> {
    const { credentials, kind } = this.#deps;
    return credentials.removeAll(accountId, {
      kinds: [kind],
      ...(exceptId !== undefined && { exceptId }),
    });
  }
}
