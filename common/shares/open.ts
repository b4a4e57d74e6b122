import type { Db } from "mongodb";
import { AccountsRepository } from "../accounts/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import { WalkRepository } from "../entries/walk-repository.js";
import { MakersRepository } from "./makers-repository.js";
import { GroupsRepository, SharesRepository } from "./repository.js";
import { SharedEntries } from "./given-entries.js";

/** Opens what finds shared entries. */
export function openSharedEntries({ db, entries }: { db: Db; entries: EntriesRepository }) {
  return new SharedEntries({
    entries,
    walks: new WalkRepository(db),
    shares: new SharesRepository(db),
    makers: new MakersRepository(db),
    groups: new GroupsRepository(db),
    accounts: new AccountsRepository(db),
  });
}
