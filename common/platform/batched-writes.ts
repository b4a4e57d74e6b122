import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoServerError,
  type OptionalId,
} from "mongodb";
import { batched } from "./batched.js";
import { isDuplicateKey } from "./mongo.js";

/** How many writes one command has at most; each of them is about a document of a few KiB. */
const MOST_WRITES = 128;

/** Resolves to `false` when a unique index, that of `_id` included, holds a key of the document already. */
export type Insert<T extends Document> = (document: T) => Promise<boolean>;

/** Resolves to `false` when the change found nothing, or had been made already. */
export type Change<T extends Document> = (change: AnyBulkWriteOperation<T>) => Promise<boolean>;

/** What came of a command: MongoDB says of each write only why it was refused. */
interface Outcome {
  readonly refusals: ReadonlyMap<number, MongoServerError>;
  /** How many documents were inserted, matched or deleted. */
  readonly found: number;
}

/** Inserts documents, those of one turn of the event loop in one command. */
export function batchedInserts<T extends Document>(
  collection: Collection<T>,
  most = MOST_WRITES,
): Insert<T> {
  const refusalOf = batched(async (documents: readonly T[]) => {
    const { refusals, found } = await writeAll(
      collection,
      documents.map((document) => ({
        insertOne: { document: document as OptionalId<T> },
      })),
    );
    const isEachKnown = found + refusals.size === documents.length;
    const ending = isEachKnown ? undefined : endingOf(refusals);
    return documents.map((_, index) => refusals.get(index) ?? ending);
  }, most);
  return async (document) => {
    const refusal = await refusalOf(document);
    if (refusal !== undefined && !isDuplicateKey(refusal)) throw refusal;
    return refusal === undefined;
  };
}

/**
 * Changes or removes documents, at most one with each change, those of one turn of the event loop in one command. All are either
 * updates or deletes. MongoDB counts what they found together: where that is less than all, each is tried once more alone. So no
 * filter may match what its own change has made.
 */
export function batchedChanges<T extends Document>(collection: Collection<T>): Change<T> {
  const ask = batched(async (changes: readonly AnyBulkWriteOperation<T>[]) => {
    const { refusals, found } = await writeAll(collection, changes);
    const isNoneFound = found === 0 && refusals.size === 0;
    const isEachFound = found + refusals.size === changes.length;
    const answer = isEachFound || (isNoneFound ? false : "unknown");
    return changes.map((_, index) => refusals.get(index) ?? answer);
  }, MOST_WRITES);
  return async (change) => {
    const answer = await ask(change);
    if (answer instanceof MongoServerError) throw answer;
    if (answer !== "unknown") return answer;
    const { refusals, found } = await writeAll(collection, [change]);
    for (const refusal of refusals.values()) throw refusal;
    return found === 1;
  };
}

async function writeAll<T extends Document>(
  collection: Collection<T>,
  writes: readonly AnyBulkWriteOperation<T>[],
): Promise<Outcome> {
  try {
    const result = await collection.bulkWrite([...writes], { ordered: false });
    return { refusals: new Map(), found: foundBy(result) };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    // The driver wraps what breaks a command as a whole.
    if (error.errorResponse instanceof Error) throw error.errorResponse;
    const refused = [error.writeErrors].flat();
    if (refused.length === 0 || error.result.getWriteConcernError() !== undefined) throw error;
    const refusals = refused.map(({ index, code, errmsg = "" }) => {
      return [index, new MongoServerError({ code, errmsg })] as const;
    });
    return { refusals: new Map(refusals), found: foundBy(error) };
  }
}

const foundBy = (
  result: Pick<MongoBulkWriteError, "insertedCount" | "matchedCount" | "deletedCount">,
) => result.insertedCount + result.matchedCount + result.deletedCount;

/** What has ended a command before all of its inserts were tried, a full disk for example. */
function endingOf(refusals: Outcome["refusals"]): MongoServerError {
  const ending = [...refusals.values()].find((refusal) => !isDuplicateKey(refusal));
  return ending ?? new MongoServerError({ errmsg: "MongoDB has not tried all inserts" });
}
