import type { Collection, Db, IndexDescription } from "mongodb";
import { derivedId, type Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type { CursorDoc, WebhookDoc } from "./webhook.js";

export const webhookCursorIndexes: readonly IndexDescription[] = [
  { key: { webhookId: 1 } },
  { key: { ownerId: 1 } },
];

type Whose = Pick<WebhookDoc, "_id" | "start">;

/** How far the log of each account was read for each webhook. */
export class WebhookCursorsRepository {
  readonly #cursors: Collection<CursorDoc>;

  constructor(db: Db) {
    this.#cursors = db.collection("webhookCursors");
  }

  /** The number of the next event; `undefined` before the first. */
  async find({ start }: Whose, ownerId: Id): Promise<number | undefined> {
    return (await this.#cursors.findOne({ _id: derivedId(start.id, ownerId) }))?.nextSeq;
  }

  /** Never back: a process that is slower changes nothing. The first time makes the cursor. */
  async advance({ _id: webhookId, start }: Whose, ownerId: Id, nextSeq: number): Promise<void> {
    const _id = derivedId(start.id, ownerId);
    if (await insertUnlessTaken<CursorDoc>(this.#cursors, { _id, webhookId, ownerId, nextSeq }))
      return;
    await this.#cursors.updateOne({ _id, nextSeq: { $lt: nextSeq } }, { $set: { nextSeq } });
  }

  /** All of a webhook: of all its starts. */
  async removeAllOf(webhookId: Id): Promise<void> {
    await this.#cursors.deleteMany({ webhookId });
  }
}
