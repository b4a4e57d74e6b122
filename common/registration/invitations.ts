import { Long } from "mongodb";
import type { Account } from "../accounts/account.js";
import { UsernameTakenError } from "../accounts/errors.js";
import type { Role } from "../accounts/role.js";
import type { Accounts } from "../accounts/service.js";
import { idOfSecret, isSecretOf, newSecret, secretHash } from "../credentials/secret.js";
import { decodeCursor, pageOf } from "../platform/cursor.js";
import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { InvalidInvitationError } from "./errors.js";
import type { Invitation, InvitationDoc } from "./invitation.js";
import type { InvitationsRepository } from "./repository.js";

/** A registration that has not made its account after so long was broken off. */
const PENDING_FOR_MS = 60_000;

const LIST = ["invitations"];

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;

/** What an admin decides about an invitation. */
export interface NewInvitation {
  readonly createdBy: Id;
  /** Default: `member`. */
  readonly role?: Role | undefined;
  /** `null` is unlimited. Default: `DEFAULT_QUOTA_BYTES`. */
  readonly limitBytes?: number | null | undefined;
  /** Default: 1. */
  readonly maxUses?: number | undefined;
  /** Default: in 7 days. */
  readonly expiresAt?: Date | undefined;
}

interface Deps {
  readonly invitations: InvitationsRepository;
  readonly accounts: Pick<Accounts, "exists" | "findActive">;
  /** What a new account may store, in bytes; `null` is unlimited. */
  readonly defaultQuotaBytes: number | null;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Tokens that let somebody register, as long as who made them is an admin. */
export class Invitations {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns the invitation, and the token that nobody can be shown again. @throws {@link InvalidRequestError} */
  async create({ createdBy, role = "member", maxUses = 1, ...given }: NewInvitation) {
    const { defaultQuotaBytes, now } = this.#deps;
    const { limitBytes = defaultQuotaBytes, expiresAt = daysAfter(now(), DEFAULT_DAYS) } = given;
    if (expiresAt <= now()) {
      const detail = "expiresAt must be in the future";
      throw new InvalidRequestError([{ in: "body", pointer: "/expiresAt", detail }]);
    }
    const token = newSecret();
    const doc: InvitationDoc = {
      _id: idOfSecret(token),
      secretHash: secretHash(token),
      role,
      limitBytes: limitBytes === null ? null : Long.fromNumber(limitBytes),
      maxUses,
      usesLeft: maxUses,
      pending: [],
      createdBy,
      createdAt: now(),
      expiresAt,
    };
    if (!(await this.#deps.invitations.insert(doc))) throw new Error("A new token is taken");
    return { invitation: shown(doc), token };
  }

  /** The latest first. @throws InvalidCursorError */
  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const position = cursor === undefined ? undefined : decodeCursor(LIST, "number", cursor);
    const after = position && { createdAt: new Date(position.value), id: position.id };
    const found = await this.#deps.invitations.list(after, limit + 1);
    const { items, nextCursor } = pageOf(found, {
      limit,
      list: LIST,
      positionOf: ({ createdAt, _id: id }) => ({ value: createdAt.getTime(), id }),
    });
    return { items: items.map(shown), nextCursor };
  }

  /** From then on nobody can register with it. @throws {@link NotFoundError} */
  async revoke(id: Id): Promise<void> {
    const removed = await this.#deps.invitations.remove(id);
    if (removed === undefined) throw new NotFoundError("invitation");
  }

  /** @throws {@link InvalidInvitationError} when nobody can register with the token (any more). */
  async find(token: string): Promise<Invitation> {
    const doc = await this.#deps.invitations.find(idOfSecret(token));
    const isValid =
      doc !== null &&
      doc.createdBy !== null &&
      isSecretOf(token, doc.secretHash) &&
      (doc.expiresAt === null || doc.expiresAt > this.#deps.now()) &&
      (await this.#isOfAdmin(doc));
    if (!isValid) throw new InvalidInvitationError();
    return shown(doc);
  }

  /**
   * Makes an account with one use of an invitation. An account that is not made takes none; where that is not known, because a store went
   * away or the process died, the use is given back later, when it is needed.
   *
   * @throws {@link InvalidInvitationError} when no use is left, or who made it is no admin any more. And whatever `insert` throws.
   */
  async use(id: Id, accountId: Id, insert: () => Promise<Account>): Promise<Account> {
    const { invitations, log, now } = this.#deps;
    const take = () => invitations.take(id, { accountId, at: now() });
    const taken = (await take()) ?? ((await this.#settle(id)) ? await take() : null);
    if (taken === null) throw new InvalidInvitationError();
    const quietly = (work: Promise<void>) =>
      work.catch((error: unknown) => {
        log.warn({ err: error }, "The use of an invitation is settled later");
      });
    // The last question before the account is made: its answer may have changed while the password was hashed.
    if (!(await this.#isOfAdmin(taken))) {
      await quietly(invitations.giveBack(id, accountId));
      throw new InvalidInvitationError();
    }
    try {
      const account = await insert();
      await quietly(invitations.confirm(id, accountId));
      return account;
    } catch (error) {
      if (error instanceof UsernameTakenError) await quietly(invitations.giveBack(id, accountId));
      throw error;
    }
  }

  /** Whether who made it is an admin at this moment. The setup link is of the operator. */
  async #isOfAdmin({ createdBy }: Pick<InvitationDoc, "createdBy">): Promise<boolean> {
    if (createdBy === null) return true;
    return (await this.#deps.accounts.findActive(createdBy))?.role === "admin";
  }

  /** Finds out what became of registrations that were broken off. @returns whether there were any. */
  async #settle(id: Id): Promise<boolean> {
    const { invitations, accounts, now } = this.#deps;
    const before = new Date(now().getTime() - PENDING_FOR_MS);
    const { pending = [] } = (await invitations.find(id)) ?? {};
    const brokenOff = pending.filter(({ at }) => at < before);
    for (const { accountId } of brokenOff) {
      if (await accounts.exists(accountId)) await invitations.confirm(id, accountId);
      else await invitations.giveBack(id, accountId);
    }
    return brokenOff.length > 0;
  }
}

const daysAfter = (instant: Date, days: number) => new Date(instant.getTime() + days * DAY_MS);

function shown(doc: InvitationDoc): Invitation {
  const { _id: id, role, limitBytes, maxUses, usesLeft, createdBy, createdAt, expiresAt } = doc;
  return {
    id,
    role,
    // Longs come back as numbers.
    limitBytes: limitBytes === null ? null : Number(limitBytes),
    maxUses,
    usesLeft,
    createdBy,
    createdAt,
    expiresAt,
  };
}
