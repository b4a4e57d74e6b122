import type { Collection } from "../storage/collection.js";
import { CommandError } from "../errors.js";
import { defineCommand, namespaceOf, plainReply } from "./command.js";
import * as read from "./option-readers.js";

function checkScale(scale = 1): number {
  if (scale >= 1) return scale;
  throw new CommandError("BadValue", "scale has to be a number of at least 1");
}

interface Totals {
  readonly documents: number;
  readonly bytes: number;
}

function totalsOf(collections: readonly Collection[]): Totals {
  return {
    documents: collections.reduce((sum, { counters }) => sum + counters.documents, 0),
    bytes: collections.reduce((sum, { counters }) => sum + counters.bytes, 0),
  };
}

function averageBytes({ documents, bytes }: Totals): { avgObjSize?: number } {
  return documents === 0 ? {} : { avgObjSize: Math.floor(bytes / documents) };
}

/** Sizes of the indexes are not told: all of them share the pages of one tree. */
const collStats = defineCommand({
  name: "collStats",
  options: { collStats: read.collectionName, scale: read.count },
  run: (context, options) => {
    const scaleFactor = checkScale(options.scale);
    const ns = namespaceOf(context, options.collStats);
    const collection = context.store.catalogue.find(ns);
    const totals = totalsOf(collection === undefined ? [] : [collection]);
    const size = Math.floor(totals.bytes / scaleFactor);
    return plainReply({
      ns,
      size,
      count: totals.documents,
      ...averageBytes(totals),
      storageSize: size,
      capped: false,
      nindexes: collection?.usableIndexes.length ?? 0,
      scaleFactor,
    });
  },
});

const dbStats = defineCommand({
  name: "dbStats",
  options: { dbStats: read.anyValue, scale: read.count, freeStorage: read.withoutEffect },
  run: ({ database, store }, options) => {
    const scaleFactor = checkScale(options.scale);
    const collections = store.catalogue.list(database);
    const totals = totalsOf(collections);
    const dataSize = Math.floor(totals.bytes / scaleFactor);
    return plainReply({
      db: database,
      collections: collections.length,
      views: 0,
      objects: totals.documents,
      ...averageBytes(totals),
      dataSize,
      storageSize: dataSize,
      indexes: collections.reduce((sum, { usableIndexes }) => sum + usableIndexes.length, 0),
      scaleFactor,
    });
  },
});

export const statsCommands = [collStats, dbStats];
