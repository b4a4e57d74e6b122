import type { Collection, Db, Filter, IndexDescription, UpdateFilter } from "mongodb";
import { noteEvent } from "../events/cause.js";
import { newEvent, toOutbox } from "../events/outbox.js";
import { OutboxRepository } from "../events/outbox-repository.js";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import { changedTerms, linkEvent } from "./events.js";
import type { LinkDoc, LinkKind, LinkState } from "./link.js";
import { inState, isValidAt } from "./state-filter.js";

/** Most links are made by owners. */
const BY_MANAGERS = { partialFilterExpression: { managerId: { $exists: true } } };

export const linkIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, createdAt: -1, _id: -1 } },
  { key: { ownerId: 1, entryId: 1, createdAt: -1, _id: -1 } },
  { key: { managerId: 1, createdAt: -1, _id: -1 }, ...BY_MANAGERS },
  { key: { managerId: 1, entryId: 1, createdAt: -1, _id: -1 }, ...BY_MANAGERS },
  { key: { removeAt: 1 }, expireAfterSeconds: 0 },
];

/** Which links to list. */
export interface LinkQuery {
  /** Those to what this account owns. */
  readonly ownerId: Id;
  /** And those that this account made to what others own. Default: none. */
  readonly managerId?: Id | undefined;
  readonly entryId?: Id | undefined;
  readonly kind?: LinkKind | undefined;
  readonly state?: LinkState | undefined;
  /** The instant that the state is meant at. */
  readonly now: Date;
  /** At most so many, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** All links of an owner, or those to one entry. */
type OfOwner = { readonly ownerId: Id } | { readonly ownerId: Id; readonly entryId: Id };

/** Links. Only {@link LinksRepository.findById} finds one without its owner: who has a token proves that it may. */
export class LinksRepository {
  readonly #links: Collection<LinkDoc>;
  readonly #outboxes: OutboxRepository;

  constructor(db: Db) {
    this.#links = db.collection("links");
    this.#outboxes = new OutboxRepository(db);
  }

  async insert(link: LinkDoc): Promise<void> {
    const outbox = [linkEvent(link, "link.created")];
    await insertUnlessTaken<LinkDoc>(this.#links, { ...link, outbox });
  }

  /** Takes a link back that nobody has seen. */
  async remove(link: LinkDoc): Promise<void> {
    const { _id, ownerId } = link;
    // Somebody may have read of it already, and its own events go with it.
    await this.#outboxes.append(ownerId, linkEvent(link, "link.revoked"));
    await this.#links.deleteOne({ _id, ownerId });
  }

  /** For a request that has the token. */
  findById(id: Id): Promise<LinkDoc | null> {
    return this.#links.findOne({ _id: id });
  }

  /** One to what an account owns, or one that it made to what others own. */
  findOf(accountId: Id, id: Id): Promise<LinkDoc | null> {
    return this.#links.findOne({
      _id: id,
      $or: [{ ownerId: accountId }, { managerId: accountId }],
    });
  }

  /** How many links of an owner are neither revoked nor expired, counted up to a number. URLs end by themselves, and do not count. */
  countValid(ownerId: Id, now: Date, most: number): Promise<number> {
    return this.#links.countDocuments(
      { ownerId, kind: { $ne: "url" }, ...isValidAt(now) },
      { limit: most },
    );
  }

  /** The latest first. @throws InvalidCursorError */
  page({ ownerId, managerId, entryId, kind, state, now, limit, cursor }: LinkQuery) {
    const list = ["links", ownerId, entryId ?? null, kind ?? null, state ?? null];
    const wanted: Filter<LinkDoc> = {
      ...(entryId !== undefined && { entryId }),
      ...(kind !== undefined && { kind }),
      ...(state !== undefined && inState(state, now)),
    };
    const filters = [
      { ownerId, ...wanted },
      ...(managerId === undefined ? [] : [{ managerId, ...wanted }]),
    ];
    return pageNewestFirst(this.#links, filters, { field: "createdAt", list, limit, cursor });
  }

  /** Compare-and-set on the revision: `null` when the link was changed meanwhile, or is gone. */
  change(link: LinkDoc, changes: object): Promise<LinkDoc | null> {
    const { _id, ownerId, revision } = link;
    const event =
      "revokedAt" in changes
        ? linkEvent(link, "link.revoked")
        : linkEvent(link, "link.changed", { changes: changedTerms(changes) });
    return this.#links.findOneAndUpdate(
      { _id, ownerId, revision },
      { $set: changes, $push: toOutbox([event]), $inc: { revision: 1 } },
      { returnDocument: "after" },
    );
  }

  /**
   * Revokes all links of a kind that are not revoked yet: those of an entry, of an owner, or of a manager.
   *
   * @param options - `keepMs`: how long they stay in lists, in milliseconds.
   * @returns How many they were.
   */
  async revokeAll(
    whose: { readonly kind: LinkKind } & (OfOwner | { readonly managerId: Id }),
    { now, keepMs }: { readonly now: Date; readonly keepMs: number },
  ): Promise<number> {
    const removeAt = new Date(now.getTime() + keepMs);
    const ownerId = "ownerId" in whose ? whose.ownerId : whose.managerId;
    // Which link it is, and whose, the relay tells by the document.
    const event = newEvent({ ownerId, type: "link.revoked", isOfMany: true });
    const { modifiedCount } = await this.#links.updateMany(
      { ...whose, revokedAt: null },
      {
        $set: { revokedAt: now, removeAt },
        $push: toOutbox([event]),
        $inc: { revision: 1 },
      },
    );
    if ("managerId" in whose && modifiedCount > 0) await this.#noteRevoked(whose, now);
    return modifiedCount;
  }

  /** Those of {@link revokeAll}, by its `now`. */
  listRevokedAt(
    whose: Parameters<LinksRepository["revokeAll"]>[0],
    revokedAt: Date,
  ): Promise<Pick<LinkDoc, "_id" | "ownerId">[]> {
    return this.#links.find({ ...whose, revokedAt }, { projection: { ownerId: 1 } }).toArray();
  }

  async #noteRevoked(whose: Filter<LinkDoc>, revokedAt: Date): Promise<void> {
    for (const id of await this.#links.distinct("ownerId", { ...whose, revokedAt }))
      noteEvent(id, "links");
  }

  /** One conditional update of what uses of a link change. `null` where nothing matched. */
  use(filter: Filter<LinkDoc>, update: UpdateFilter<LinkDoc>): Promise<LinkDoc | null> {
    return this.#links.findOneAndUpdate(filter, update, { returnDocument: "after" });
  }
}
