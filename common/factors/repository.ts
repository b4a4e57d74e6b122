import type { Collection, Db } from "mongodb";
import { type Id, newId } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { type Factors, NO_FACTORS } from "./factors.js";

interface FactorsDoc extends Factors {
  /** The account's. */
  readonly _id: Id;
  /** Another one after each change. Random, so that no factors which were removed and made anew look unchanged. */
  readonly revision: Id;
}

/** The factors of each account in MongoDB. An account without any has no document. Only sign-ins and changes read them. */
export class FactorsRepository {
  readonly #factors: Collection<FactorsDoc>;

  constructor(db: Db) {
    this.#factors = db.collection("factors");
  }

  async find(accountId: Id): Promise<Factors> {
    return (await this.#factors.findOne({ _id: accountId })) ?? NO_FACTORS;
  }

  /**
   * Changes the factors of an account by compare-and-set. When another request was faster, `change` is called again with what that one has made.
   *
   * @param change - Resolves to the new factors, or to `undefined` where nothing shall change.
   * @returns What `change` resolved to.
   */
  async change(
    accountId: Id,
    change: (factors: Factors) => Promise<Factors | undefined> | Factors | undefined,
  ): Promise<Factors | undefined> {
    for (;;) {
      const found = await this.#factors.findOne({ _id: accountId });
      const next = await change(found ?? NO_FACTORS);
      if (next === undefined) return undefined;
      if (await this.#replace(accountId, found?.revision, next)) return next;
    }
  }

  /** How many authenticator apps are encrypted with other keys than these. It reads the factors of all accounts. */
  countAppsOfOtherKeys(keyIds: readonly string[]): Promise<number> {
    return this.#factors.countDocuments({
      "totp.secret.keyId": { $exists: true, $nin: [...keyIds] },
    });
  }

  /** @returns Whether there were any. */
  async remove(accountId: Id): Promise<boolean> {
    const { deletedCount } = await this.#factors.deleteOne({ _id: accountId });
    return deletedCount === 1;
  }

  async #replace(_id: Id, from: Id | undefined, next: Factors): Promise<boolean> {
    const { totp, pendingTotp, recoveryCodes, passkeys, usedChallenges } = next;
    const fields = { totp, pendingTotp, recoveryCodes, passkeys, usedChallenges };
    const revision = newId();
    if (from === undefined) return insertUnlessTaken(this.#factors, { _id, revision, ...fields });
    const { matchedCount } = await this.#factors.updateOne(
      { _id, revision: from },
      { $set: { revision, ...fields } },
    );
    return matchedCount === 1;
  }
}
