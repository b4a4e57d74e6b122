import type { Db, Document } from "mongodb";
import type { MountEntry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { GroupDoc } from "../shares/share.js";
import type { VersionDoc } from "../versions/version.js";

const BATCH = 1000;

/**
 * What names an account, beside its files and the audit log: the collection, and the field with the account's id. A new collection gets a line
 * here. Where there may be many documents, the field begins an index.
 */
const NAMES_ACCOUNT: readonly (readonly [collection: string, field: string])[] = [
  ["credentials", "accountId"],
  ["factors", "_id"],
  ["failedJobs", "data.ownerId"],
  ["fsckFindings", "ownerId"],
  ["idempotencyKeys", "actorId"],
  ["invitations", "createdBy"],
  ["jobs", "ownerId"],
  ["jobItems", "ownerId"],
  ["links", "ownerId"],
  ["links", "managerId"],
  ["linkUses", "ownerId"],
  ["mails", "accountId"],
  ["oidcIdentities", "accountId"],
  ["shares", "ownerId"],
  ["shares", "granteeId"],
  ["shares", "actorId"],
  ["usages", "_id"],
  ["webhooks", "ownerId"],
  ["webhookCursors", "ownerId"],
  ["webhookDeliveries", "event.ownerId"],
];

/** Removes what belongs to a deleted account alone. */
export class PurgeRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** May be repeated. */
  async removeDocuments(accountId: Id, signal: AbortSignal): Promise<void> {
    for (const [collection, field] of NAMES_ACCOUNT) {
      while (await this.#removeSome(collection, { [field]: accountId })) signal.throwIfAborted();
    }
    await this.#removeGroups(accountId, signal);
    while (await this.#forgetMounted(accountId)) signal.throwIfAborted();
    while (await this.#forgetActor(accountId)) signal.throwIfAborted();
    // The invitation by which the account was made, if the process ended at that moment.
    await this.#db
      .collection<{ pending: { accountId: Id }[] }>("invitations")
      .updateMany({ "pending.accountId": accountId }, { $pull: { pending: { accountId } } });
  }

  /** Mounts of others that lead to it stay, and lead nowhere. @returns whether there may be more. */
  async #forgetMounted(accountId: Id): Promise<boolean> {
    const mounts = this.#db.collection<Pick<MountEntry, "_id" | "target">>("entries");
    const leading = { "target.ownerId": accountId };
    const options = { projection: { _id: 1 }, limit: BATCH };
    const found = await mounts.find(leading, options).toArray();
    if (found.length === 0) return false;
    const ids = found.map(({ _id }) => _id);
    await mounts.updateMany(
      { ...leading, _id: { $in: ids } },
      { $set: { "target.ownerId": null } },
    );
    return found.length === BATCH;
  }

  /** What others get by their webhooks says no more who did it. @returns whether there may be more. */
  async #forgetActor(accountId: Id): Promise<boolean> {
    const deliveries = this.#db.collection("webhookDeliveries");
    const done = { "event.actor.id": accountId };
    const found = await deliveries.find(done, { projection: { _id: 1 }, limit: BATCH }).toArray();
    if (found.length === 0) return false;
    const ids = found.map(({ _id }) => _id);
    await deliveries.updateMany({ _id: { $in: ids } }, { $set: { "event.actor": null } });
    return found.length === BATCH;
  }

  /** Its groups, with what was shared with them, and its memberships. */
  async #removeGroups(accountId: Id, signal: AbortSignal): Promise<void> {
    const groups = this.#db.collection<Pick<GroupDoc, "_id" | "ownerId" | "memberIds">>("groups");
    for (const { _id: granteeId } of await groups.find({ ownerId: accountId }).toArray()) {
      while (await this.#removeSome("shares", { granteeId })) signal.throwIfAborted();
      await groups.deleteOne({ _id: granteeId, ownerId: accountId });
    }
    await groups.updateMany({ memberIds: accountId }, { $pull: { memberIds: accountId } });
  }

  /** Folders and mounts. Folders hold nothing else any more. May be repeated. */
  async removeFolders(ownerId: Id, signal: AbortSignal): Promise<void> {
    while (await this.#removeSome("entries", { ownerId, kind: { $in: ["folder", "mount"] } }))
      signal.throwIfAborted();
  }

  /** Some versions of an owner, in any state. */
  listVersions(ownerId: Id, limit: number): Promise<VersionDoc[]> {
    const versions = this.#db.collection<VersionDoc>("versions");
    return versions.find({ ownerId }, { limit, batchSize: limit }).toArray();
  }

  /** No command takes longer than a store may be silent. @returns whether there may be more. */
  async #removeSome(collection: string, filter: Document): Promise<boolean> {
    const documents = this.#db.collection(collection);
    const options = { projection: { _id: 1 }, limit: BATCH };
    const found = await documents.find(filter, options).toArray();
    if (found.length === 0) return false;
    await documents.deleteMany({ ...filter, _id: { $in: found.map(({ _id }) => _id) } });
    return found.length === BATCH;
  }
}
