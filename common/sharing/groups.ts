import type { AccountsRepository } from "../accounts/repository.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { GroupsRepository, SharesRepository } from "../shares/repository.js";
import type { GroupDoc } from "../shares/share.js";
import { GroupNameTakenError, TooManySharesError } from "./errors.js";

/** How many groups an account looks after at most. */
const MAX_GROUPS = 100;
/** How many members a group has at most. */
const MAX_MEMBERS = 500;
/** How many groups a list has at most: those of the account, and those that it belongs to. */
const MOST_LISTED = 1000;

interface Deps {
  readonly groups: GroupsRepository;
  readonly shares: Pick<SharesRepository, "removeOfGrantee">;
  readonly accounts: Pick<AccountsRepository, "findById" | "findWithPassword">;
  readonly now: () => Date;
}

/** A group with the usernames of its members. */
export interface NamedGroup {
  readonly group: GroupDoc;
  readonly ownerName: string | null;
  readonly members: readonly { readonly id: Id; readonly username: string }[];
}

/** Groups of accounts, which are given shares as one. Who made a group looks after it. Its members see it. */
export class Groups {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws GroupNameTakenError, TooManySharesError */
  async create(ownerId: Id, name: string): Promise<NamedGroup> {
    const { groups, now } = this.#deps;
    const group: GroupDoc = { _id: newId(), ownerId, name, memberIds: [], createdAt: now() };
    if (!(await groups.insert(group))) throw new GroupNameTakenError(name);
    // Counted afterwards, so that of several at once none goes beyond the limit.
    if ((await groups.count(ownerId, MAX_GROUPS + 1)) > MAX_GROUPS) {
      await groups.remove(ownerId, group._id);
      throw new TooManySharesError("groups of one account", MAX_GROUPS);
    }
    return this.#named(group);
  }

  /** Those that the account looks after or belongs to, by name. */
  async list(accountId: Id): Promise<readonly NamedGroup[]> {
    const found = await this.#deps.groups.listFor(accountId, MOST_LISTED);
    return Promise.all(found.map((group) => this.#named(group)));
  }

  /** @throws NotFoundError */
  async find(accountId: Id, id: Id): Promise<NamedGroup> {
    const group = await this.#deps.groups.findFor(accountId, id);
    if (group === null) throw new NotFoundError("group");
    return this.#named(group);
  }

  /** @throws NotFoundError when there is no such group of the owner, or no such account. @throws TooManySharesError */
  async addMember(ownerId: Id, id: Id, username: string): Promise<NamedGroup> {
    const { groups, accounts } = this.#deps;
    const group = await groups.findOwn(ownerId, id);
    if (group === null) throw new NotFoundError("group");
    const found = await accounts.findWithPassword(username);
    if (found === undefined || found.account.isDisabled) throw new NotFoundError("account");
    const memberId = found.account.id;
    if (group.memberIds.includes(memberId)) return this.#named(group);
    const changed = await groups.addMember({ ownerId, _id: id }, memberId, MAX_MEMBERS);
    if (changed === null) throw new TooManySharesError("members of a group", MAX_MEMBERS);
    return this.#named(changed);
  }

  /** Who looks after a group removes members, and each member may leave. @throws NotFoundError */
  async removeMember(accountId: Id, id: Id, memberId: Id): Promise<void> {
    const { groups } = this.#deps;
    const isRemoved = await groups.removeMember({ byId: accountId, _id: id }, memberId);
    if (!isRemoved) throw new NotFoundError("member");
  }

  /** Its shares end first, so that none is left of a group that is gone. @throws NotFoundError */
  async remove(ownerId: Id, id: Id): Promise<void> {
    const { groups, shares } = this.#deps;
    if ((await groups.findOwn(ownerId, id)) === null) throw new NotFoundError("group");
    await shares.removeOfGrantee(id);
    if (!(await groups.remove(ownerId, id))) throw new NotFoundError("group");
    // One that was given meanwhile.
    await shares.removeOfGrantee(id);
  }

  async #named(group: GroupDoc): Promise<NamedGroup> {
    const { accounts } = this.#deps;
    const [owner, ...members] = await Promise.all(
      [group.ownerId, ...group.memberIds].map((id) => accounts.findById(id)),
    );
    const known = members.filter((member) => member !== undefined);
    return {
      group,
      ownerName: owner?.username ?? null,
      members: known.map(({ id, username }) => ({ id, username })),
    };
  }
}
