import {
  type ClientBulkWriteResult,
  type Db,
  MongoClientBulkWriteError,
  MongoServerError,
} from "mongodb";
import { batchLoader } from "./batch-loader.js";
import { isDuplicateKey, translateMongoError } from "./mongo-errors.js";
import type { Write } from "./write.js";

/** Of some ten writes each, with at most about 20 KiB: more in one command would only wait longer for each other. */
const SEQUENCES_PER_COMMAND = 8;

const IMMUTABLE_FIELD = 66;
/** MongoDB's codes for a command that it does not know, or not in the version whose features it has. */
const UNKNOWN_COMMAND_CODES: readonly unknown[] = [59, 115, 238];

/** Writes by name, in the order in which they are done. One that is `undefined` is left out. */
export type NamedWrites = Readonly<Record<string, Write | undefined>>;

/**
 * How many documents each write has inserted, matched or deleted (0 or 1), by its name. `undefined`: refused, not tried because an earlier
 * one was refused, or left out.
 */
export type WriteResults<W> = { readonly [Name in keyof W]: number | undefined };

/** How far writes have come: what each has found, up to the first that failed. */
interface Outcome {
  readonly found: readonly number[];
  readonly failure?: unknown;
}

/**
 * Does several writes in their order, up to the first that is refused. A crash in between leaves the first of them done and the rest
 * undone, as if each were a command of its own. They are one command (`bulkWrite`, MongoDB 8.0), which all sequences of the same turn
 * of the event loop share. An older MongoDB is sent a command for each write.
 */
export class OrderedWrites {
  readonly #db: Db;
  readonly #runShared: (writes: readonly Write[]) => Promise<Outcome>;
  #knowsBulkWrite = true;

  constructor(db: Db) {
    this.#db = db;
    this.#runShared = batchLoader((sequences) => this.#runAll(sequences), SEQUENCES_PER_COMMAND);
  }

  /**
   * @example
   * const { reserved, decided } = await writes.run({ reserved: quotas.reservation(…), decided: uploads.decision(…) });
   * @param writes - Done in the order of their names. Names that look like integers would come first: there are to be none.
   * @throws What else a write, or all of them, failed with. How many of them were done is unknown then.
   */
  async run<W extends NamedWrites>(writes: W): Promise<WriteResults<W>> {
    const named = Object.entries(writes).filter(
      (pair): pair is [string, Write] => pair[1] !== undefined,
    );
    const found = await this.#run(named.map(([, write]) => write));
    return Object.fromEntries(
      named.map(([name], index) => [name, found[index]]),
    ) as WriteResults<W>;
  }

  async #run(writes: readonly Write[]): Promise<readonly number[]> {
    if (writes.length === 0) return [];
    const { found, failure } = await this.#runShared(writes).catch((error: unknown): Outcome => ({
      found: [],
      failure: error,
    }));
    if (failure !== undefined && !isRefusal(failure)) throw translateMongoError(failure);
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

/** Whether one of the writes was refused, or not tried because an earlier one was. */
export const isAnyRefused = (writes: NamedWrites, results: WriteResults<NamedWrites>) =>
  Object.keys(writes).some((name) => writes[name] !== undefined && results[name] === undefined);

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
