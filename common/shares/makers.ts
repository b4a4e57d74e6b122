import type { Account } from "../accounts/account.js";
import type { Id } from "../platform/ids.js";
import type { MakersRepository } from "./makers-repository.js";
import type { ShareDoc } from "./share.js";
import { type Shared, validShares } from "./validity.js";

interface Deps {
  readonly makers: MakersRepository;
  readonly accounts: { findById(id: Id): Promise<Account | undefined> };
}

/** Who has made some shares of an owner, beside the owner. */
export function otherMakers(ownerId: Id, shares: readonly ShareDoc[]): ReadonlySet<Id> {
  const makers = new Set(shares.map(({ actorId }) => actorId));
  makers.delete(ownerId);
  return makers;
}

/**
 * Says which shares are valid: those that the owner made, and those of who is a manager of the entry at this moment. Makers that are disabled, or are about
 * to be deleted, make no share valid.
 */
export class ShareMakers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Those of some shares that are valid, in their order. Costs nothing where the owner made all. Else it reads the shares of managers on the way, who of
   * their makers belongs to groups among them, and the makers.
   *
   * @param way - An entry of the owner and all folders above it, nearest first. Shares of other entries are left out.
   */
  async valid(
    { ownerId, way }: Pick<Shared, "ownerId" | "way">,
    given: readonly ShareDoc[],
  ): Promise<readonly ShareDoc[]> {
    const onTheWay = given.filter(({ entryId }) => way.includes(entryId));
    if (otherMakers(ownerId, onTheWay).size === 0) return onTheWay;
    const known = new Set(onTheWay.map(({ _id }) => _id));
    const managers = await this.#listManagers(ownerId, way);
    const all = [...onTheWay, ...managers.filter(({ _id }) => !known.has(_id))];
    const makers = [...otherMakers(ownerId, all)];
    const [active, members] = await Promise.all([
      this.#activeOf(makers),
      this.#membersOf(managers, makers),
    ]);
    const inactive = new Set(makers.filter((id) => !active.has(id)));
    const shares = all.filter(({ actorId }) => !inactive.has(actorId));
    const valid = validShares({ ownerId, way, shares, members });
    return onTheWay.filter((share) => valid.has(share));
  }

  async #listManagers(ownerId: Id, way: readonly Id[]): Promise<readonly ShareDoc[]> {
    const { makers } = this.#deps;
    return (
      await Promise.all(way.map((entryId) => makers.managersOf({ ownerId, entryId })))
    ).flat();
  }

  async #activeOf(accountIds: readonly Id[]): Promise<ReadonlySet<Id>> {
    const { accounts } = this.#deps;
    const found = await Promise.all(accountIds.map((id) => accounts.findById(id)));
    const active = found.filter((one) => one?.isDisabled === false && one.deletion === null);
    return new Set(active.flatMap((account) => account?.id ?? []));
  }

  async #membersOf(managers: readonly ShareDoc[], accountIds: readonly Id[]) {
    const groups = managers.filter(({ granteeKind }) => granteeKind === "group");
    const groupIds = [...new Set(groups.map(({ granteeId }) => granteeId))];
    return new Map(
      await Promise.all(
        groupIds.map(async (groupId) => {
          const members = await this.#deps.makers.membersAmong({ groupId, accountIds });
          return [groupId, members] as const;
        }),
      ),
    );
  }
}
