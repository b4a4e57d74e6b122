import type { Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { noteEvent } from "./cause.js";
import {
  type EventEntry,
  type Outbox,
  OUTBOXES,
  type OutboxEvent,
  type WithOutbox,
} from "./event.js";

const WAITING = { partialFilterExpression: { "outbox.id": { $exists: true } } };

/** Finds the documents with events, and has no others: for collections that say whose a document is in `ownerId`. */
export const outboxIndexes: readonly IndexDescription[] = [
  { name: "outbox", key: { ownerId: 1 }, ...WAITING },
];

/** The same for accounts. */
export const accountOutboxIndexes: readonly IndexDescription[] = [
  { name: "outbox", key: { "outbox.id": 1 }, ...WAITING },
];

const HAS_EVENTS = { "outbox.id": { $gt: "" } };

/** What a delete asks for, so that no event goes with its document. */
export const WITHOUT_EVENTS = { "outbox.id": { $exists: false } } as const;

/** The field that says whose the events of a collection are. A new collection gets {@link outboxIndexes}. */
const OWNER_FIELDS: Readonly<Record<Outbox, "ownerId" | "_id">> = {
  entries: "ownerId",
  accounts: "_id",
  links: "ownerId",
  linkUses: "ownerId",
};

/** So many documents of a collection are listed at once, of at most some KiB each. */
export const MOST_LISTED = 100;

/** What is read of a document; what it does not have is missing. */
interface SourceDoc extends WithOutbox {
  readonly _id: Id;
  readonly ownerId?: Id;
  readonly kind?: string;
  readonly name?: string;
  readonly parentId?: Id;
  readonly versionId?: Id;
  readonly sizeBytes?: number;
  readonly type?: string | null;
  readonly state?: string;
}

/** A document with events that the log may not have. */
export interface WaitingEvents {
  readonly outbox: Outbox;
  readonly documentId: Id;
  readonly events: readonly OutboxEvent[];
}

/** Events that wait in the documents that they are about. */
export class OutboxRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Some documents of an account with events, at most {@link MOST_LISTED} of each collection. */
  async list(ownerId: Id, outboxes: Iterable<Outbox>): Promise<WaitingEvents[]> {
    const found = await Promise.all([...outboxes].map((outbox) => this.#listIn(outbox, ownerId)));
    return found.flat();
  }

  /** Takes events out that the log has. May be repeated. */
  async remove(ownerId: Id, waiting: readonly WaitingEvents[]): Promise<void> {
    await Promise.all(
      OUTBOXES.map((outbox) =>
        this.#removeFrom(
          outbox,
          ownerId,
          waiting.filter((each) => each.outbox === outbox),
        ),
      ),
    );
  }

  /** Writes an event into the account itself: its document is about to go. */
  async append(ownerId: Id, event: OutboxEvent): Promise<void> {
    noteEvent(ownerId, "accounts");
    await this.#documents("accounts").updateOne({ _id: ownerId }, { $push: { outbox: event } });
  }

  /** The first account behind another one that has events; `undefined` behind the last. */
  async nextOwner(after: Id): Promise<Id | undefined> {
    const owners = await Promise.all(
      OUTBOXES.map(async (outbox) => {
        const field = OWNER_FIELDS[outbox];
        const found = await this.#documents(outbox).findOne(
          { [field]: { $gt: after }, ...HAS_EVENTS } as Filter<SourceDoc>,
          { sort: { [field]: 1 }, projection: { [field]: 1 }, hint: "outbox" },
        );
        return found?.[field];
      }),
    );
    return owners.filter((owner) => owner !== undefined).toSorted()[0];
  }

  /** How many documents have events. */
  async count(): Promise<number> {
    const counts = await Promise.all(
      OUTBOXES.map((outbox) => this.#documents(outbox).countDocuments(HAS_EVENTS)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #listIn(outbox: Outbox, ownerId: Id): Promise<WaitingEvents[]> {
    const found = await this.#documents(outbox)
      .find({ [OWNER_FIELDS[outbox]]: ownerId, ...HAS_EVENTS } as Filter<SourceDoc>, {
        ...{
          projection: PROJECTION,
          limit: MOST_LISTED,
          batchSize: MOST_LISTED,
          singleBatch: true,
        },
        // What a failover could still undo has not happened yet.
        readConcern: "majority",
      })
      .toArray();
    return found.map((doc) => ({
      outbox,
      documentId: doc._id,
      events: (doc.outbox ?? []).map((event) => completed(event, outbox, doc)),
    }));
  }

  async #removeFrom(outbox: Outbox, ownerId: Id, waiting: readonly WaitingEvents[]): Promise<void> {
    if (waiting.length === 0) return;
    const ids = waiting.flatMap(({ events }) => events.map(({ id }) => id));
    await this.#documents(outbox).updateMany(
      {
        _id: { $in: waiting.map(({ documentId }) => documentId) },
        [OWNER_FIELDS[outbox]]: ownerId,
      },
      { $pull: { outbox: { id: { $in: ids } } } },
    );
  }

  #documents(collection: string) {
    return this.#db.collection<SourceDoc>(collection);
  }
}

const PROJECTION = {
  ...{ outbox: 1, kind: 1, name: 1, parentId: 1 },
  ...{ versionId: 1, sizeBytes: 1, type: 1, state: 1 },
} as const;

/** What the writer did not know of the document it has changed is filled in from what that is now. */
function completed(event: OutboxEvent, outbox: Outbox, doc: SourceDoc): OutboxEvent {
  if (outbox === "links") return { ...event, link: { id: doc._id, kind: String(doc.kind) } };
  if (outbox !== "entries" || event.entry?.name !== undefined) return event;
  const { kind, name, parentId: folderId, versionId, sizeBytes, type, state } = doc;
  const isFile = kind === "file";
  const now = { kind, name, folderId, ...(isFile && { versionId, sizeBytes, type, state }) };
  return { ...event, entry: { ...(now as Omit<EventEntry, "id">), id: doc._id, ...event.entry } };
}
