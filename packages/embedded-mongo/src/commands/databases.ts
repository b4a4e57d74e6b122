import { encodeDocument } from "../bson/document.js";
import type { Catalogue } from "../storage/catalogue.js";
import { Double } from "bson";
import { requireAdmin } from "./collections.js";
import { defineCommand, plainReply } from "./command.js";
import * as read from "./option-readers.js";
import { readFilter } from "./query.js";

const listDatabases = defineCommand({
  name: "listDatabases",
  options: {
    listDatabases: read.anyValue,
    filter: read.document,
    nameOnly: read.boolean,
    authorizedDatabases: read.withoutEffect,
  },
  run: async ({ database, store, operation }, { filter, nameOnly = false }) => {
    requireAdmin(database, "listDatabases");
    const matching = await operation.run(readFilter(filter));
    const databases = store.catalogue
      .databases()
      .map((name) => ({ name, sizeOnDisk: dataBytes(store.catalogue, name), empty: false }))
      .filter((entry) => matching.matches(encodeDocument(entry)));
    if (nameOnly) return plainReply({ databases: databases.map(({ name }) => ({ name })) });
    const totalSize = store.environment.sizeOnDiskBytes();
    return plainReply({
      databases: databases.map((entry) => ({ ...entry, sizeOnDisk: new Double(entry.sizeOnDisk) })),
      totalSize: new Double(totalSize),
      totalSizeMb: new Double(Math.floor(totalSize / 1024 / 1024)),
    });
  },
});

/** All databases share one file: of each there are only the bytes of its documents. */
function dataBytes(catalogue: Catalogue, database: string): number {
  return catalogue.list(database).reduce((sum, { counters }) => sum + counters.bytes, 0);
}

const dropDatabase = defineCommand({
  name: "dropDatabase",
  options: { dropDatabase: read.anyValue },
  run: async ({ database, store }) => {
    await store.write((transaction) => {
      for (const collection of store.catalogue.list(database))
        store.catalogue.drop(transaction, collection);
    });
    store.collectGarbage();
    return plainReply({ dropped: database });
  },
});

export const databaseCommands = [listDatabases, dropDatabase];
