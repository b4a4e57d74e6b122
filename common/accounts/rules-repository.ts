import type { Collection, Db } from "mongodb";
import { toOutbox } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";
import { accountCollection, type AccountDoc } from "./account.js";
import { accountEvent } from "./events.js";
import type { VersionRules } from "./version-rules.js";

/** An account, and its own rules; `null` for those of the installation. */
export interface AccountRules {
  readonly ownerId: Id;
  readonly rules: VersionRules | null;
}

/** Which versions accounts keep. */
export class VersionRulesRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  /** Resolves to `undefined` when the account is gone. */
  async find(ownerId: Id): Promise<AccountRules | undefined> {
    const doc = await this.#accounts.findOne<RuledFields>({ _id: ownerId }, { projection: RULES });
    return doc === null ? undefined : toRules(doc);
  }

  /** Accounts after a given one, in the order of their ids. */
  async listAfter(ownerId: Id, limit: number): Promise<AccountRules[]> {
    const options = { projection: RULES, sort: { _id: 1 }, limit, batchSize: limit } as const;
    const docs = await this.#accounts
      .find<RuledFields>({ _id: { $gt: ownerId } }, options)
      .toArray();
    return docs.map(toRules);
  }

  /** @returns the rules before; `undefined` when the account is gone. */
  async set(ownerId: Id, versionRules: VersionRules | null): Promise<AccountRules | undefined> {
    const before = await this.#accounts.findOneAndUpdate(
      { _id: ownerId },
      { $set: { versionRules }, $push: toOutbox([accountEvent(ownerId, ["versionRules"])]) },
      { projection: RULES, returnDocument: "before" },
    );
    return before === null ? undefined : toRules(before);
  }
}

/** Numbers are read as they are: none of the fields is a Long. */
const RULES = { versionRules: 1 } as const;

type RuledFields = Pick<AccountDoc, "_id" | "versionRules">;

const toRules = ({ _id, versionRules = null }: RuledFields): AccountRules => ({
  ownerId: _id,
  rules: versionRules,
});
