import type { Account } from "../accounts/account.js";
import { type Entry, type FolderEntry, MAX_DEPTH } from "../entries/entry.js";
import { batchLoader } from "../platform/batch-loader.js";
import type { WalkRepository } from "../entries/walk-repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Id } from "../platform/ids.js";
import type { MakersRepository } from "./makers-repository.js";
import { otherMakers, ShareMakers } from "./makers.js";
import type { GroupsRepository, SharesRepository } from "./repository.js";
import { type ShareDoc, type ShareRole, strongest } from "./share.js";

/** Requests of so many accounts are asked for together. */
const ACCOUNTS_AT_ONCE = 100;

interface Deps {
  readonly shares: Pick<SharesRepository, "listGiven">;
  readonly groups: Pick<GroupsRepository, "idsOfMember">;
  readonly entries: Pick<EntriesRepository, "findLive" | "foldersAbove">;
  readonly walks: Pick<WalkRepository, "findAmong">;
  readonly makers: MakersRepository;
  readonly accounts: { findById(id: Id): Promise<Account | undefined> };
}

/** An entry of another account that somebody was given a share of, or of a folder above it. */
export interface SharedEntry {
  readonly entry: Entry;
  readonly owner: Account;
  /** All folders above it in the tree of its owner, nearest first, without the root. */
  readonly above: readonly FolderEntry[];
  /** The topmost of the entry and the folders above it that has a valid share. The account sees nothing above. */
  readonly topmostId: Id;
  /** The strongest role that the valid shares on the way give. */
  readonly role: ShareRole;
}

/**
 * Finds entries of other accounts by what was shared. Only valid shares count ({@link ShareMakers}). Nothing is cached: a share that was taken back counts for no request that begins afterwards, on any
 * process.
 */
export class SharedEntries {
  readonly #deps: Deps;
  readonly #makers: ShareMakers;
  /** What an account and its groups were given. Requests for one account at the same time are one. */
  readonly #given: (accountId: Id) => Promise<readonly ShareDoc[]>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#makers = new ShareMakers(deps);
    this.#given = batchLoader(async (accountIds) => {
      const distinct = [...new Set(accountIds)];
      const lists = await Promise.all(distinct.map((id) => this.#listGiven(id)));
      return accountIds.map((id) => lists[distinct.indexOf(id)] ?? []);
    }, ACCOUNTS_AT_ONCE);
  }

  /**
   * Two queries where nothing was shared with the account.
   *
   * @param ofOwnerId - Whose entry it is. Default: that of anybody who has given a share.
   * @returns `undefined` where the entry cannot be reached by a share.
   */
  async find(accountId: Id, entryId: Id, ofOwnerId?: Id): Promise<SharedEntry | undefined> {
    const { entries, accounts } = this.#deps;
    const given = await this.#given(accountId);
    const owners = new Set(given.map(({ ownerId }) => ownerId));
    const asked = ofOwnerId === undefined ? [...owners] : [ofOwnerId];
    const ownerIds = asked.filter((id) => owners.has(id));
    // They are asked for at once, so that it is one query.
    const found = await Promise.all(ownerIds.map((ownerId) => entries.findLive(ownerId, entryId)));
    const entry = found.find((one) => one !== null);
    if (entry === undefined) return undefined;
    const { ownerId } = entry;
    const owner = await accounts.findById(ownerId);
    if (owner === undefined || owner.isDisabled) return undefined;
    const above = await entries.foldersAbove(entry, owner.rootFolderId);
    if (above === null) return undefined;
    const way = [entry, ...above].map(({ _id }) => _id);
    const onTheWay = await this.#makers.valid({ ownerId, way }, given);
    const role = strongest(onTheWay.map((share) => share.role));
    const topmostId = way.findLast((id) => onTheWay.some((share) => share.entryId === id));
    if (role === undefined || topmostId === undefined) return undefined;
    return { entry, owner, above, topmostId, role };
  }

  /**
   * An entry that was deleted, by itself or with a folder above it, where a folder above it is shared with the account. One query for each folder above.
   *
   * @returns `undefined` also where it was removed for good.
   */
  async findDeleted(
    accountId: Id,
    entryId: Id,
  ): Promise<Pick<SharedEntry, "entry" | "role"> | undefined> {
    const { walks, accounts } = this.#deps;
    const given = await this.#given(accountId);
    const ownerIds = [...new Set(given.map(({ ownerId }) => ownerId))];
    const entry = await walks.findAmong(ownerIds, entryId);
    const owner = entry === null ? undefined : await accounts.findById(entry.ownerId);
    if (entry === null || owner === undefined || owner.isDisabled) return undefined;
    const above: Entry[] = [];
    // The root is no document.
    for (let next: Entry | null = entry; next !== null && above.length < MAX_DEPTH;) {
      next = await walks.findAmong([entry.ownerId], next.parentId);
      if (next !== null) above.push(next);
    }
    const isDeleted = [entry, ...above].some(({ isTrashed }) => isTrashed);
    const way = above.map(({ _id }) => _id);
    const shares = await this.#makers.valid({ ownerId: owner.id, way }, given);
    const role = strongest(shares.map((share) => share.role));
    return isDeleted && role !== undefined ? { entry, role } : undefined;
  }

  /** Whether a share is valid. One that a manager made is not while its entry cannot be reached, as it is deleted. */
  async isValid(share: ShareDoc): Promise<boolean> {
    const { entries, accounts } = this.#deps;
    const { ownerId, entryId } = share;
    if (otherMakers(ownerId, [share]).size === 0) return true;
    const entry = await entries.findLive(ownerId, entryId);
    const owner = entry === null ? undefined : await accounts.findById(ownerId);
    if (entry === null || owner === undefined) return false;
    const above = await entries.foldersAbove(entry, owner.rootFolderId);
    if (above === null) return false;
    const way = [entry, ...above].map(({ _id }) => _id);
    return (await this.#makers.valid({ ownerId, way }, [share])).length > 0;
  }

  /** Those of some shares that are valid where an entry has some folders above it; see {@link ShareMakers.valid}. */
  validOf(
    place: Parameters<ShareMakers["valid"]>[0],
    shares: readonly ShareDoc[],
  ): Promise<readonly ShareDoc[]> {
    return this.#makers.valid(place, shares);
  }

  /** Under which ids an account is given shares: its own, and those of its groups. */
  async granteeIds(accountId: Id): Promise<Id[]> {
    return [accountId, ...(await this.#deps.groups.idsOfMember(accountId))];
  }

  async #listGiven(accountId: Id): Promise<readonly ShareDoc[]> {
    return this.#deps.shares.listGiven(await this.granteeIds(accountId));
  }
}
