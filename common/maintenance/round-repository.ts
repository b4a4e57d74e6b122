import type { Collection, Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import { upserting } from "../platform/mongo.js";

/** Up to where a round has come: the file of an account, both in the order of their ids. */
export interface Position {
  readonly ownerId: Id;
  readonly fileId: Id;
}

/** A document of `sweeps`. */
interface RoundDoc {
  _id: string;
  position: Position;
  /** When the round goes on, or the next one may begin. */
  dueAt: Date;
}

/** How far the round through the versions of all files has come. */
export class RoundRepository {
  readonly #sweeps: Collection<RoundDoc>;

  constructor(db: Db) {
    this.#sweeps = db.collection("sweeps");
  }

  /** `null` before the first round. */
  find(): Promise<RoundDoc | null> {
    return this.#sweeps.findOne({ _id: "versions" });
  }

  async keep(position: Position, dueAt: Date): Promise<void> {
    const kept = { $set: { position, dueAt } };
    await upserting(() => this.#sweeps.updateOne({ _id: "versions" }, kept, { upsert: true }));
  }
}
