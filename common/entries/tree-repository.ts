import { type Collection, type Db, Long } from "mongodb";
import { accountCollection, type AccountDoc, type PendingMove } from "../accounts/account.js";
import type { OutboxEvent } from "../events/event.js";
import type { Id } from "../platform/ids.js";
import { isDuplicateKey } from "../platform/mongo-errors.js";
import { type FieldChange, updateOf } from "./changes-repository.js";
import type { Entry, FolderEntry } from "./entry.js";
import { parseName } from "./name.js";
import { storedName } from "./terms.js";

/** Where an entry goes, and what else of it changes in the same update. */
export interface NewPlace {
  readonly parentId: Id;
  readonly name: string;
  readonly changes?: FieldChange;
  /** Of the same update. */
  readonly events?: readonly OutboxEvent[];
}

/** Above so many folders nobody is made to wait for their exact height. */
const MOST_MEASURED = 10_000;

type ReadEntry = Pick<Entry, "_id" | "ownerId" | "revision">;

/** Where entries are. The account holds the order in which its folders move; see `FolderMoves`. */
export class TreeRepository {
  readonly #accounts: Collection<AccountDoc>;
  readonly #entries: Collection<Entry>;
  readonly #folders: Collection<FolderEntry>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
    this.#entries = db.collection("entries");
    this.#folders = db.collection("entries");
  }

  /** `null` when the account is gone. */
  async find(ownerId: Id): Promise<AccountDoc["tree"] | null> {
    const projection = { tree: 1 } as const;
    const account = await this.#accounts.findOne({ _id: ownerId }, { projection });
    return account?.tree ?? null;
  }

  /** Some live entries of a folder, whether or not the folder is live itself. */
  listChildren(
    { ownerId, parentId }: Pick<Entry, "ownerId" | "parentId">,
    limit: number,
  ): Promise<Entry[]> {
    const options = { limit, batchSize: limit };
    return this.#entries.find({ ownerId, parentId, isTrashed: false }, options).toArray();
  }

  /** Compare-and-set: `false` when another folder has begun to move since the revision was read. */
  async begin(ownerId: Id, revision: Long, move: PendingMove): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: ownerId, "tree.revision": revision, "tree.pendingMove": null },
      { $set: { "tree.pendingMove": move }, $inc: { "tree.revision": Long.ONE } },
    );
    return matchedCount === 1;
  }

  /** Lets the next folder move. May be repeated. */
  async end(ownerId: Id, moveId: Id): Promise<void> {
    await this.#accounts.updateOne(
      { _id: ownerId, "tree.pendingMove.id": moveId },
      { $set: { "tree.pendingMove": null } },
    );
  }

  /**
   * Puts an entry, as it was read, into a folder under a name. Nobody puts it into a folder that lies inside it: see `FolderMoves`.
   *
   * @returns `changed` when somebody else changed it first, `taken` when something else has the name.
   */
  async move(
    { _id, ownerId, revision }: ReadEntry,
    { parentId, name, changes = {}, events = [] }: NewPlace,
  ): Promise<"moved" | "changed" | "taken"> {
    const filter = { _id, ownerId, revision, purgingSince: null };
    try {
      const fields = { ...changes, parentId, ...storedName(ownerId, parseName(name)) };
      const update = updateOf(fields, events);
      const { matchedCount } = await this.#entries.updateOne(filter, update);
      return matchedCount === 1 ? "moved" : "changed";
    } catch (error) {
      if (isDuplicateKey(error)) return "taken";
      throw error;
    }
  }

  /** Whether a move was the last change of an entry since it was read. */
  async isWhere({ _id, ownerId, revision }: ReadEntry, { parentId, name }: NewPlace) {
    const { nameKey } = parseName(name);
    const filter = { _id, ownerId, revision: revision + 1, parentId, nameKey };
    return (await this.#entries.findOne(filter, { projection: { _id: 1 } })) !== null;
  }

  /** Changes only the revision. A process that read the entry before cannot change it any more. */
  async raiseRevision({ _id, ownerId, revision }: ReadEntry) {
    await this.#entries.updateOne({ _id, ownerId, revision }, { $inc: { revision: 1 } });
  }

  /** Records that `levels` folders are about to lie inside each other below the nearest of these folders, one more below the next. */
  async raiseHeights(above: readonly FolderEntry[], levels: number): Promise<void> {
    const lower = above.filter(({ height }, index) => height < levels + index);
    const raise = ({ _id, ownerId }: FolderEntry) =>
      this.#folders.updateOne(
        { _id, ownerId },
        { $max: { height: levels + above.findIndex((folder) => folder._id === _id) } },
      );
    await Promise.all(lower.map(raise));
  }

  /** How many folders lie inside each other below a folder. @returns `null` where there are more than {@link MOST_MEASURED} of them. */
  async measureHeight({ _id, ownerId }: FolderEntry): Promise<number | null> {
    let measured = 0;
    let level = [_id];
    for (let height = 0; ; height += 1) {
      const below = await this.#entries
        .find(
          { ownerId, parentId: { $in: level }, kind: "folder", isTrashed: false },
          { projection: { _id: 1 }, limit: MOST_MEASURED },
        )
        .toArray();
      measured += below.length;
      if (measured >= MOST_MEASURED) return null;
      if (below.length === 0) return height;
      level = below.map((folder) => folder._id);
    }
  }
}
