import type { Db } from "mongodb";
import type { Access } from "../access/service.js";
import { AccountsRepository } from "../accounts/repository.js";
import { GroupsRepository, SharesRepository } from "../shares/repository.js";
import type { SharedEntries } from "../shares/given-entries.js";
import { Groups } from "./groups.js";
import { Shares } from "./shares.js";

interface Options {
  readonly db: Db;
  readonly access: Access;
  readonly sharedEntries: SharedEntries;
  readonly now: () => Date;
}

/** Opens what accounts share with each other. */
export function openSharing({ db, ...given }: Options) {
  const parts = {
    ...given,
    shares: new SharesRepository(db),
    groups: new GroupsRepository(db),
    accounts: new AccountsRepository(db),
  };
  return { shares: new Shares(parts), groups: new Groups(parts) };
}
