import type { AccountsRepository } from "../accounts/repository.js";
import type { Id } from "../platform/ids.js";
import type { GroupsRepository } from "../shares/repository.js";
import type { GranteeKind, ShareDoc } from "../shares/share.js";
import type { SharedEntries } from "../shares/given-entries.js";

interface Deps {
  readonly groups: Pick<GroupsRepository, "findById">;
  readonly sharedEntries: Pick<SharedEntries, "isValid">;
  readonly accounts: Pick<AccountsRepository, "findById">;
}

/** A share with the names that people know it by. */
export interface NamedShare {
  readonly share: ShareDoc;
  /** The username, or the name of the group; `null` where it is gone. */
  readonly granteeName: string | null;
  /** Whose entry it is. */
  readonly ownerName: string | null;
  /** Who gave it. */
  readonly makerName: string | null;
  /** Whether it counts: who gave it may share the entry at this moment. */
  readonly isValid: boolean;
}

/** Names those whom shares are about, and says which shares are valid. */
export class NamedShares {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async one(share: ShareDoc): Promise<NamedShare> {
    const [granteeName, ownerName, makerName, isValid] = await Promise.all([
      this.#nameOf(share.granteeKind, share.granteeId),
      this.#nameOf("account", share.ownerId),
      this.#nameOf("account", share.actorId),
      this.#deps.sharedEntries.isValid(share),
    ]);
    return { share, granteeName, ownerName, makerName, isValid };
  }

  all(shares: readonly ShareDoc[]): Promise<readonly NamedShare[]> {
    return Promise.all(shares.map((share) => this.one(share)));
  }

  async page(page: { readonly items: readonly ShareDoc[]; readonly nextCursor: string | null }) {
    return { ...page, items: await this.all(page.items) };
  }

  async #nameOf(kind: GranteeKind, id: Id): Promise<string | null> {
    const { accounts, groups } = this.#deps;
    if (kind === "account") return (await accounts.findById(id))?.username ?? null;
    return (await groups.findById(id))?.name ?? null;
  }
}
