import { createHash } from "node:crypto";
import type { Collection, Db, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";

/** Somebody at an OpenID provider, and the account that is linked with that person. */
export interface OidcIdentityDoc {
  /** A digest of issuer and subject: so no two accounts are linked with one person. */
  readonly _id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly accountId: Id;
  readonly linkedAt: Date;
}

/** The indexes of `oidcIdentities`; the release process creates them. An account is linked once. */
export const oidcIndexes: readonly IndexDescription[] = [
  { name: "account", key: { accountId: 1 }, unique: true },
];

/** Who somebody is: never an e-mail address or a name, which may change hands. */
export interface OidcSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** Links between accounts and people at an OpenID provider. */
export class OidcIdentitiesRepository {
  readonly #identities: Collection<OidcIdentityDoc>;

  constructor(db: Db) {
    this.#identities = db.collection("oidcIdentities");
  }

  find(person: OidcSubject): Promise<OidcIdentityDoc | null> {
    return this.#identities.findOne({ _id: digestOf(person) });
  }

  findByAccount(accountId: Id): Promise<OidcIdentityDoc | null> {
    return this.#identities.findOne({ accountId });
  }

  /** Resolves to `false` when the person, or the account, is linked already. */
  insert({ issuer, subject }: OidcSubject, accountId: Id, linkedAt: Date): Promise<boolean> {
    const _id = digestOf({ issuer, subject });
    return insertUnlessTaken(this.#identities, { _id, issuer, subject, accountId, linkedAt });
  }

  /** @returns whether there was one. */
  async remove(accountId: Id): Promise<boolean> {
    return (await this.#identities.deleteOne({ accountId })).deletedCount === 1;
  }
}

const digestOf = ({ issuer, subject }: OidcSubject) =>
  createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");
