import { getField, type RawDocument } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import { type BsonValue, textOf } from "../bson/value.js";
import { DocumentBatches } from "../cursors/batches.js";
import { ListedDocuments } from "../cursors/listed-documents.js";
import { CommandError } from "../errors.js";
import type { Collection } from "../storage/collection.js";
import type { StoredIndex } from "../storage/stored-index.js";
import { type CommandContext, defineCommand, namespaceOf, plainReply } from "./command.js";
import { openCursor, readBatchSize } from "./cursor-commands.js";
import { haveSameSignature, readIndexSpec } from "./index-spec.js";
import { checkNewNamespace } from "./limits.js";
import * as read from "./option-readers.js";

const MAX_INDEXES = 64;

const createIndexes = defineCommand({
  name: "createIndexes",
  options: {
    createIndexes: read.collectionName,
    indexes: read.required(read.documents),
    commitQuorum: read.unsupported("there is one server"),
    ignoreUnknownIndexOptions: read.unsupported("unknown options are always refused"),
  },
  run: async (context, { createIndexes: collection, indexes }) => {
    const namespace = namespaceOf(context, collection);
    checkNewNamespace(namespace);
    if (indexes.length === 0)
      throw new CommandError("BadValue", "Must specify at least one index to create");
    const { catalogue } = context.store;
    const numIndexesBefore = catalogue.find(namespace)?.usableIndexes.length ?? 1;
    const createdCollectionAutomatically = catalogue.find(namespace) === undefined;
    for (const spec of indexes.map(readIndexSpec)) await createIndex(context, namespace, spec);
    const numIndexesAfter = catalogue.get(namespace).usableIndexes.length;
    const note = numIndexesAfter === numIndexesBefore ? "all indexes already exist" : undefined;
    return plainReply({ numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, note });
  },
});

function createIndex(
  { store, operation }: CommandContext,
  namespace: string,
  spec: RawDocument,
): Promise<boolean> {
  return store.createIndex(namespace, spec, {
    findExisting: (collection) => {
      const same = findExisting(collection, spec);
      if (same === undefined && collection.indexes.length >= MAX_INDEXES)
        throw new CommandError(
          "CannotCreateIndex",
          `A collection has at most ${MAX_INDEXES} indexes`,
        );
      return same;
    },
    check: () => {
      operation.check();
    },
  });
}

/** @throws CommandError 85 or 86 when there is an index that is too much like the wanted one. */
function findExisting(collection: Collection, spec: RawDocument): StoredIndex | undefined {
  const name = nameOf(spec);
  const named = collection.indexByName(name);
  if (named !== undefined) {
    if (named.spec.equals(spec)) return named;
    const isSame = haveSameSignature(named.spec, spec);
    throw new CommandError(
      isSame ? "IndexOptionsConflict" : "IndexKeySpecsConflict",
      `An existing index has the same name as the requested index but other options: ${name}`,
    );
  }
  const twin = collection.indexes.find((index) => haveSameSignature(index.spec, spec));
  if (twin === undefined) return undefined;
  throw new CommandError(
    "IndexOptionsConflict",
    `Index already exists with a different name: ${twin.name}`,
  );
}

function nameOf(spec: RawDocument): string {
  const name = getField(spec, "name");
  return name === undefined ? "" : textOf(name);
}

const listIndexes = defineCommand({
  name: "listIndexes",
  options: { listIndexes: read.collectionName, cursor: read.document },
  run: (context, options) => {
    const namespace = namespaceOf(context, options.listIndexes);
    const { usableIndexes } = context.store.catalogue.get(namespace);
    const source = new ListedDocuments(usableIndexes.map(({ spec }) => spec));
    return openCursor(context, {
      namespace,
      batches: new DocumentBatches(source),
      batchSize: readBatchSize(options.cursor),
    });
  },
});

const dropIndexes = defineCommand({
  name: "dropIndexes",
  options: { dropIndexes: read.collectionName, index: read.required(read.anyValue) },
  run: async ({ store, ...context }, options) => {
    const namespace = namespaceOf(context, options.dropIndexes);
    const nIndexesWas = await store.write((transaction) => {
      const collection = store.catalogue.get(namespace);
      const before = collection.indexes.length;
      for (const index of selectIndexes(collection, options.index))
        store.catalogue.dropIndex(transaction, collection, index);
      return before;
    });
    store.collectGarbage();
    return plainReply({ nIndexesWas });
  },
});

/** @throws CommandError IndexNotFound (27), InvalidOptions (72) for the one on `_id`. */
function selectIndexes(collection: Collection, selector: BsonValue): StoredIndex[] {
  if (selector.type === BsonType.string && textOf(selector) === "*")
    return collection.indexes.filter(({ name }) => name !== "_id_");
  const selectors =
    selector.type === BsonType.array ? read.values.read(selector, "index") : [selector];
  return selectors.map((one) => selectIndex(collection, one));
}

function selectIndex(collection: Collection, selector: BsonValue): StoredIndex {
  const index = findIndex(collection, selector);
  if (index === undefined)
    throw new CommandError("IndexNotFound", "There is no index with this name or key pattern");
  if (index.name === "_id_") throw new CommandError("InvalidOptions", "cannot drop _id index");
  return index;
}

/** By name or by key pattern. */
export function findIndex(collection: Collection, selector: BsonValue): StoredIndex | undefined {
  if (selector.type === BsonType.string) return collection.indexByName(textOf(selector));
  const pattern = read.document.read(selector, "index");
  return collection.indexes.find(({ keyPattern }) => keyPattern.equals(pattern));
}

export const indexCommands = [createIndexes, listIndexes, dropIndexes];
