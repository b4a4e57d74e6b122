import {
  type ClientBulkWriteResult,
  type ClientDeleteOneModel,
  type ClientInsertOneModel,
  type ClientUpdateOneModel,
  type Collection,
  type Db,
  type Document,
  type Filter,
  MongoClientBulkWriteError,
  MongoServerError,
  type UpdateFilter,
} from "mongodb";
import { batched } from "./batched.js";
import { isDuplicateKey } from "./mongo.js";

/** Of some ten writes each, with at most about 20 KiB: more in one command would only wait longer for each other. */
const SEQUENCES_PER_COMMAND = 8;

const IMMUTABLE_FIELD = 66;
/** MongoDB's codes for a command that it does not know, or not in the version whose features it has. */
const UNKNOWN_COMMAND_CODES: readonly unknown[] = [59, 115, 238];

/** An insert, an update or a delete of at most one document, in any collection of the database. */
export type Write = { readonly namespace: string } & (
  ClientInsertOneModel<Document> | ClientUpdateOneModel<Document> | ClientDeleteOneModel<Document>
);

/** A change of at most one document. */
export interface Change<T extends Document> {
  readonly filter: Filter<T>;
  readonly update: UpdateFilter<T>;
}

/** Refused when a unique index, that of `_id` included, holds a key of the document already. */
export function insertion<T extends Document>({ namespace }: Collection<T>, document: T): Write {
  return { name: "insertOne", namespace, document };
}

/** Not refused where it finds nothing; what it has found is counted. */
export function change<T extends Document>(
  { namespace }: Collection<T>,
  { filter, update }: Change<T>,
): Write {
  return { name: "updateOne", namespace, filter: filter as Document, update: update as Document };
}

/**
 * A change that is refused where it finds nothing: MongoDB would insert what it does not find, but not under another `_id` than
 * the filter has.
 *
 * @param change - Its filter names an `_id`, and has no `$expr`, which MongoDB does not take there.
 */
export function requiredChange<T extends Document>(
  { namespace }: Collection<T>,
  { filter, update }: Change<T>,
): Write {
  const refusing: Document = { ...update, $setOnInsert: { _id: null } };
  const found = { namespace, filter: filter as Document, update: refusing };
  return { name: "updateOne", ...found, upsert: true };
}

/** Not refused where it finds nothing; what it has found is counted. */
export function removal<T extends Document>(
  { namespace }: Collection<T>,
  filter: Filter<T>,
): Write {
  return { name: "deleteOne", namespace, filter: filter as Document };
}

/** How far writes have come: what each has found, up to the first that failed. */
interface Outcome {
  readonly found: readonly number[];
  readonly failure?: unknown;
}

/**
 * Does several writes in their order, up to the first that is refused. Whatever dies meanwhile, what was done is their beginning:
 * so they keep the same promises as one command after the other. It is one command (`bulkWrite`, MongoDB 8.0), which all
 * sequences of the same turn of the event loop share; an older MongoDB is sent a command for each write.
 */
export class OrderedWrites {
  readonly #db: Db;
  readonly #runShared: (writes: readonly Write[]) => Promise<Outcome>;
  #knowsBulkWrite = true;

  constructor(db: Db) {
    this.#db = db;
    this.#runShared = batched((sequences) => this.#runAll(sequences), SEQUENCES_PER_COMMAND);
  }

  /**
   * @returns How many documents each write has inserted, matched or deleted. The first that has no number was refused, and
   * those behind it were not tried.
   * @throws What else a write, or all of them, failed with: how far they have come is unknown then.
   */
  async run(writes: readonly Write[]): Promise<readonly number[]> {
    if (writes.length === 0) return [];
    const { found, failure } = await this.#runShared(writes);
    if (failure !== undefined && !isRefusal(failure)) throw failure as Error;
    return found;
  }

  async #runAll(sequences: readonly (readonly Write[])[]): Promise<Outcome[]> {
    const outcomes = sequences.length > 1 ? await this.#runTogether(sequences) : [];
    // What ended the command was one of them: the others are innocent.
    const rest = sequences.slice(outcomes.length).map((writes) => this.#runAlone(writes));
    return [...outcomes, ...(await Promise.all(rest))];
  }

  /** @returns What came of the sequences up to the one that ended the command, if one did. */
  async #runTogether(sequences: readonly (readonly Write[])[]): Promise<Outcome[]> {
    const done = await this.#bulkWrite(sequences.flat());
    if (done === undefined) return [];
    const outcomes: Outcome[] = [];
    let at = 0;
    for (const { length } of sequences) {
      const found = done.found.slice(at, at + length);
      at += length;
      if (found.length === length) outcomes.push({ found });
      else return [...outcomes, { ...done, found }];
    }
    return outcomes;
  }

  async #runAlone(writes: readonly Write[]): Promise<Outcome> {
    try {
      return (await this.#bulkWrite(writes)) ?? (await this.#runOneByOne(writes));
    } catch (failure) {
      return { found: [], failure };
    }
  }

  /** @returns `undefined` where MongoDB does not know the command. */
  async #bulkWrite(writes: readonly Write[]): Promise<Outcome | undefined> {
    if (!this.#knowsBulkWrite) return undefined;
    try {
      const result = await this.#db.client.bulkWrite(writes, { verboseResults: true });
      return { found: foundBy(result, writes.length) };
    } catch (error) {
      if (!(error instanceof MongoClientBulkWriteError)) throw error;
      const [refused] = error.writeErrors;
      if (refused !== undefined) {
        const [index, { code, message: errmsg }] = refused;
        const failure = new MongoServerError({ code, errmsg });
        return { found: foundBy(error.partialResult, index), failure };
      }
      const cause = causeOf(error);
      if (!isUnknownCommand(cause)) throw cause;
      this.#knowsBulkWrite = false;
      return undefined;
    }
  }

  async #runOneByOne(writes: readonly Write[]): Promise<Outcome> {
    const found: number[] = [];
    for (const write of writes) {
      try {
        found.push(await this.#runOne(write));
      } catch (failure) {
        return { found, failure };
      }
    }
    return { found };
  }

  async #runOne(write: Write): Promise<number> {
    const name = write.namespace.slice(this.#db.databaseName.length + 1);
    const collection = this.#db.collection(name);
    switch (write.name) {
      case "insertOne":
        await collection.insertOne(write.document);
        return 1;
      case "updateOne": {
        const { filter, update, upsert = false } = write;
        return (await collection.updateOne(filter, update, { upsert })).matchedCount;
      }
      case "deleteOne":
        return (await collection.deleteOne(write.filter)).deletedCount;
    }
  }
}

const isRefusal = (failure: unknown) =>
  isDuplicateKey(failure) ||
  (failure instanceof MongoServerError && failure.code === IMMUTABLE_FIELD);

const isUnknownCommand = (cause: unknown) =>
  cause instanceof MongoServerError && UNKNOWN_COMMAND_CODES.includes(cause.code);

/** The driver wraps what fails a command as a whole. */
function causeOf({ cause, writeConcernErrors, message }: MongoClientBulkWriteError): unknown {
  const [concern] = writeConcernErrors;
  return cause ?? new MongoServerError({ errmsg: message, ...concern });
}

/** What the first writes of a command have found. */
function foundBy(result: ClientBulkWriteResult | undefined, length: number): number[] {
  return Array.from({ length }, (_, index) => {
    if (result?.insertResults?.has(index) === true) return 1;
    const { matchedCount = 0 } = result?.updateResults?.get(index) ?? {};
    const { deletedCount = 0 } = result?.deleteResults?.get(index) ?? {};
    return matchedCount + deletedCount;
  });
}
