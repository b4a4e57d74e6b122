import { type AccountActor, isAccount } from "../access/actor.js";
import type { Granted, Place } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { AccountsRepository } from "../accounts/repository.js";
import type { Entry, StoredEntry } from "../entries/entry.js";
import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { GroupsRepository, SharesRepository } from "../shares/repository.js";
import { isStronger, type ShareDoc, type ShareRole } from "../shares/share.js";
import type { SharedEntries } from "../shares/given-entries.js";
import { TooManySharesError } from "./errors.js";
import { type NamedShare, NamedShares } from "./named-shares.js";

/** With how many accounts and groups one entry is shared at most. */
const MAX_SHARES_OF_ENTRY = 500;

interface Deps {
  readonly access: Access;
  readonly shares: SharesRepository;
  readonly groups: Pick<GroupsRepository, "findFor" | "findById">;
  readonly sharedEntries: Pick<SharedEntries, "granteeIds" | "isValid" | "validOf">;
  readonly accounts: Pick<AccountsRepository, "findById" | "findWithPassword">;
  readonly now: () => Date;
}

/** Who is given a share: one of the two. */
export interface Grantee {
  readonly username?: string | undefined;
  readonly groupId?: Id | undefined;
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Gives accounts and groups roles on entries of other accounts, and takes them back. */
export class Shares {
  readonly #deps: Deps;
  readonly #named: NamedShares;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#named = new NamedShares(deps);
  }

  /**
   * Gives a role, or another role to somebody who has one.
   *
   * @returns `isNew`: whether the grantee had none on this very entry.
   * @throws NotFoundError when there is no such account, or no such group that the actor looks after or belongs to.
   * @throws InvalidRequestError when the account is the owner's or the actor's.
   * @throws {@link TooManySharesError}
   */
  async give(
    granted: Granted<StoredEntry, "share">,
    grantee: Grantee,
    role: ShareRole,
  ): Promise<NamedShare & { readonly isNew: boolean }> {
    const { shares, now } = this.#deps;
    const { entry, actorId } = granted;
    const { ownerId, _id: entryId, kind: entryKind } = entry;
    const given = { ...(await this.#findGrantee(granted, grantee)), role };
    const share = { _id: newId(), ownerId, entryId, entryKind, ...given, actorId };
    const doc: ShareDoc = { ...share, createdAt: now() };
    const most = MAX_SHARES_OF_ENTRY;
    if (await shares.insert(doc)) {
      // Counted afterwards, so that of several at once none goes beyond the limit.
      if ((await shares.countOf(ownerId, entryId, most + 1)) <= most) {
        return { ...(await this.#named.one(doc)), isNew: true };
      }
      await shares.remove(doc);
      throw new TooManySharesError("shares of one file or folder", most);
    }
    const known = await shares.findOf(entryId, given.granteeId);
    const changed = known && (await this.#setRole(known, role, actorId));
    if (changed === null) throw new NotFoundError("share");
    return { ...(await this.#named.one(changed)), isNew: false };
  }

  /** With whom an entry is shared, not counting what is shared with a folder above it. @throws InvalidCursorError */
  async listOfEntry({ entry }: Granted<Entry, "share">, query: PageQuery) {
    const { ownerId, _id: entryId } = entry;
    return this.#named.page(await this.#deps.shares.pageOfOwner({ ownerId, entryId }, query));
  }

  /** All that the actor's account has shared of its own. @throws InvalidCursorError */
  async listOwn(actor: AccountActor, query: PageQuery) {
    const { ownerId } = this.#wholeHome(actor);
    return this.#named.page(await this.#deps.shares.pageOfOwner({ ownerId }, query));
  }

  /**
   * What was shared with the actor's account and its groups, the latest first. What cannot be reached at the moment is left out, so a page may have fewer
   * items than its limit.
   *
   * @throws InvalidCursorError
   */
  async listGiven(actor: AccountActor, query: PageQuery) {
    const { shares, access, sharedEntries } = this.#deps;
    if (actor.rootFolderId !== null) return { items: [], nextCursor: null };
    const granteeIds = await sharedEntries.granteeIds(actor.id);
    const page = await this.#named.page(await shares.pageOfGrantees(granteeIds, query));
    const items = await Promise.all(
      page.items.map(async (named) => {
        if (!named.isValid) return [];
        const found = await access
          .entry(actor, named.share.entryId, "read")
          .catch(undefinedWhenNotFound);
        return found === undefined ? [] : [{ ...named, granted: found }];
      }),
    );
    return { ...page, items: items.flat() };
  }

  /**
   * Gives a share another role.
   *
   * @throws NotFoundError when there is no such share, or the actor may not know that there is.
   */
  async change(actor: AccountActor, shareId: Id, role: ShareRole) {
    const share = await this.#findManaged(actor, shareId);
    const changed = await this.#setRole(share, role, actor.id);
    if (changed === null) throw new NotFoundError("share");
    return { before: share, after: await this.#named.one(changed) };
  }

  /**
   * Takes a share back, from the next request on. Who was given it may do so, too.
   *
   * @throws NotFoundError as {@link change}.
   */
  async end(actor: AccountActor, shareId: Id): Promise<ShareDoc> {
    const { shares } = this.#deps;
    const share =
      (await this.#findGiven(actor, shareId)) ?? (await this.#findManaged(actor, shareId));
    if (!(await shares.remove(share))) throw new NotFoundError("share");
    return share;
  }

  /** Who has an entry now, and who would have it in another folder, by valid shares of it and of all folders above. */
  async compare({ entry, above }: Granted<Entry, "share">, place: Place | undefined) {
    const before = await this.#listBelow(entry, above);
    const after = place === undefined ? before : await this.#listBelow(entry, place.above);
    return { before, after };
  }

  /** By which shares somebody would have an entry that has these folders above it. */
  async #listBelow({ ownerId, _id }: Entry, above: Granted["above"]) {
    const { shares, sharedEntries } = this.#deps;
    const way = [_id, ...above.map((folder) => folder._id)];
    const valid = await sharedEntries.validOf({ ownerId, way }, await shares.listOf(ownerId, way));
    // There they would be valid, also those that are not where the entry is now.
    return (await this.#named.all(valid)).map((named) => ({ ...named, isValid: true }));
  }

  /**
   * Gives a share another role. Who gives a stronger one, or gives again what was not valid any more, has made it from then on, and so has the owner in any
   * case. Or else a manager who is let go would leave behind what the owner never gave.
   */
  async #setRole(share: ShareDoc, role: ShareRole, byId: Id): Promise<ShareDoc | null> {
    const { shares, sharedEntries } = this.#deps;
    for (let known: ShareDoc | null = share; known !== null;) {
      const isTaken =
        isAccount({ id: byId }, known.ownerId) ||
        isStronger(role, known.role) ||
        !(await sharedEntries.isValid(known));
      const actorId = isTaken ? byId : known.actorId;
      const changed = await shares.setRole(known, { role, actorId });
      if (changed !== null) return changed;
      known = await shares.findOwn(known.ownerId, known._id);
    }
    return null;
  }

  async #findGrantee({ entry, actorId }: Granted, { username, groupId }: Grantee) {
    const { accounts, groups } = this.#deps;
    if (groupId !== undefined) {
      if ((await groups.findFor(actorId, groupId)) === null) throw new NotFoundError("group");
      return { granteeKind: "group" as const, granteeId: groupId };
    }
    const found = username === undefined ? undefined : await accounts.findWithPassword(username);
    if (found === undefined || found.account.isDisabled) throw new NotFoundError("account");
    const { account } = found;
    if (isAccount(account, entry.ownerId)) throw noGrantee("the owner, who has all rights");
    if (isAccount(account, actorId)) throw noGrantee("yourself");
    return { granteeKind: "account" as const, granteeId: account.id };
  }

  /** A share of an entry that the actor may share. Its own remain in its hands when the entry cannot be reached. */
  async #findManaged(actor: AccountActor, shareId: Id): Promise<ShareDoc> {
    const { shares, access } = this.#deps;
    const share = await shares.find(shareId);
    if (share === null) throw new NotFoundError("share");
    const isWhole = actor.rootFolderId === null;
    const own = isWhole ? await shares.findOwn(this.#wholeHome(actor).ownerId, shareId) : null;
    if (own !== null) return own;
    await access.entry(actor, share.entryId, "share").catch((error: unknown) => {
      throw error instanceof NotFoundError ? new NotFoundError("share") : error;
    });
    return share;
  }

  /** A share that was given to the account itself, not to a group. */
  async #findGiven(actor: AccountActor, shareId: Id): Promise<ShareDoc | null> {
    if (actor.rootFolderId !== null) return null;
    return this.#deps.shares.findGivenTo(actor.id, shareId);
  }

  #wholeHome(actor: AccountActor) {
    const home = this.#deps.access.home(actor, "share");
    if (home.rootFolderId !== null) throw new NotFoundError("share");
    return home;
  }
}

function noGrantee(who: string): InvalidRequestError {
  const detail = `username must be of another account: this one is ${who}`;
  return new InvalidRequestError([{ in: "body", pointer: "/username", detail }]);
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error;
}
