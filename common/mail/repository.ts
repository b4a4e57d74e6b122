import type { Collection, Db, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { MailDoc } from "./mail.js";

/** The indexes of `mails`; the release process creates them. */
export const mailIndexes: readonly IndexDescription[] = [
  { name: "byDueAt", key: { dueAt: 1 } },
  { name: "byAccount", key: { accountId: 1 } },
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** The mails that are to be sent, in MongoDB: Redis may be wiped. */
export class MailsRepository {
  readonly #mails: Collection<MailDoc>;

  constructor(db: Db) {
    this.#mails = db.collection("mails");
  }

  /** @returns `false` when there are as many already as there may be. */
  async insert(mail: MailDoc, most: number): Promise<boolean> {
    if ((await this.#mails.estimatedDocumentCount()) >= most) return false;
    await this.#mails.insertOne(mail);
    return true;
  }

  async setDue(id: Id, dueAt: Date): Promise<void> {
    await this.#mails.updateOne({ _id: id }, { $set: { dueAt } });
  }

  /** Claims a mail that is due, until `leaseUntil`. @returns `null` when it is not due, is gone, or was claimed by another process first. */
  claim(id: Id, now: Date, leaseUntil: Date): Promise<MailDoc | null> {
    return this.#mails.findOneAndUpdate(
      { _id: id, dueAt: { $lte: now } },
      { $set: { dueAt: leaseUntil }, $inc: { attempts: 1 } },
      { returnDocument: "after" },
    );
  }

  /** Says whose mail it is: so it goes with the account. */
  async assign(id: Id, account: Pick<MailDoc, "accountId" | "username">): Promise<void> {
    const { accountId, username } = account;
    await this.#mails.updateOne({ _id: id }, { $set: { accountId, username } });
  }

  async remove(id: Id): Promise<void> {
    await this.#mails.deleteOne({ _id: id });
  }

  /** Index `byDueAt`. */
  async listDue(before: Date, limit: number): Promise<Id[]> {
    const docs = await this.#mails
      .find(
        { dueAt: { $lte: before } },
        { projection: { _id: 1 }, sort: { dueAt: 1 }, limit, batchSize: limit },
      )
      .toArray();
    return docs.map(({ _id }) => _id);
  }
}
