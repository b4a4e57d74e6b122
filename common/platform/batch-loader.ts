import DataLoader from "dataloader";
import type { Collection, Document, Filter } from "mongodb";
import { isOutcomeUnknown } from "./mongo-errors.js";

/** Loads the values of keys, in the order of the keys. When it fails, each of them fails so. */
type LoadAll<Key, Value> = (keys: readonly Key[]) => Promise<readonly Value[]>;

/**
 * Loads with one command what is asked for in the same turn of the event loop: where requests are small, the command costs this process
 * and the store about as much as what it is about. A single request does not wait longer, and nothing is cached.
 *
 * @param maxBatchSize - How many keys one command has at most.
 */
export function batchLoader<Key, Value>(
  loadAll: LoadAll<Key, Value>,
  maxBatchSize: number,
): (key: Key) => Promise<Value> {
  const loader = new DataLoader(loadAll, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: (load) => setImmediate(load),
  });
  return (key) => loader.load(key);
}

interface BatchOptions {
  /** Of documents: they have to fit into one answer (16 MiB). */
  readonly limit: number;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  /** The index to use, by its key. */
  readonly hint?: Readonly<Record<string, 1 | -1>>;
  /** Whether binary data come as a Buffer instead of a Binary. Default: not. */
  readonly promoteBuffers?: boolean;
  /** Whether 64-bit integers come as a number where that holds them. Default: yes. */
  readonly promoteLongs?: boolean;
}

interface DocumentQuery<Key, Found, T> {
  readonly collection: Collection<T & Document>;
  /** Finds the documents of all keys: one at most for each. */
  readonly queryOf: (
    keys: readonly Key[],
  ) => Omit<BatchOptions, "limit"> & { readonly filter: Filter<T> };
  /** The same for a key and for its document, and for no other. */
  readonly keyOf: (subject: Key | Found) => string;
  /** How many keys one command has at most: their documents must fit into one answer (16 MiB). */
  readonly maxBatchSize: number;
}

/**
 * A {@link batchLoader} of single documents. Requests for the same document get the same object.
 *
 * @returns What resolves to `undefined` where there is no such document.
 */
export function documentLoader<Key, Found extends Document, T extends Document = Found>(
  query: DocumentQuery<Key, Found, T>,
): (key: Key) => Promise<Found | undefined> {
  const { collection, queryOf, keyOf, maxBatchSize } = query;
  return batchLoader(async (keys: readonly Key[]) => {
    const distinct = new Map(keys.map((key) => [keyOf(key), key]));
    const { filter, ...options } = queryOf([...distinct.values()]);
    const found = await findBatch<Found, T>(collection, filter, {
      ...options,
      limit: distinct.size,
    });
    const documents = new Map(found.map((document) => [keyOf(document), document]));
    return keys.map((key) => documents.get(keyOf(key)));
  }, maxBatchSize);
}

/**
 * Finds a few documents, which fit into one answer, with one command. A cursor costs this process nearly as much again as the command
 * (`docs/speed.md`). As the driver's `find` does, it tries once more when the connection breaks.
 */
export function findBatch<Found extends Document, T extends Document = Found>(
  { db, collectionName }: Collection<T & Document>,
  filter: Filter<T>,
  options: BatchOptions,
): Promise<Found[]> {
  const { promoteBuffers = false, promoteLongs = true, ...query } = options;
  // Without a size, a batch ends after 101 documents.
  const sizes = { batchSize: query.limit, singleBatch: true };
  const command = { find: collectionName, filter, ...query, ...sizes };
  const find = async () => {
    const reply = await db.command(command, { promoteBuffers, promoteLongs });
    return (reply as { cursor: { firstBatch: Found[] } }).cursor.firstBatch;
  };
  return find().catch((error: unknown) => {
    if (isOutcomeUnknown(error)) return find();
    throw error;
  });
}
