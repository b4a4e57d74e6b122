import { Binary } from "bson";
import { decodeDocument, encodeDocument, type RawDocument } from "../bson/document.js";
import { DocumentBatches } from "../cursors/batches.js";
import { ListedDocuments } from "../cursors/listed-documents.js";
import { CommandError } from "../errors.js";
import type { Collection } from "../storage/collection.js";
import { idIndexSpec } from "../storage/id-index.js";
import { defineCommand, namespaceOf, plainReply } from "./command.js";
import { openCursor, readBatchSize } from "./cursor-commands.js";
import { checkNewNamespace, readCollectionName, readDatabaseName } from "./limits.js";
import * as read from "./option-readers.js";
import { readFilter } from "./query.js";

function noSuchOption(reason: string) {
  return read.unsupported(reason, "InvalidOptions");
}

const create = defineCommand({
  name: "create",
  options: {
    create: read.collectionName,
    collation: read.simpleCollation,
    autoIndexId: read.withoutEffect,
    flags: read.withoutEffect,
    capped: noSuchOption("there are no capped collections"),
    size: noSuchOption("there are no capped collections"),
    max: noSuchOption("there are no capped collections"),
    viewOn: noSuchOption("there are no views"),
    pipeline: noSuchOption("there are no views"),
    timeseries: noSuchOption("there are no time series"),
    expireAfterSeconds: noSuchOption("use a TTL index"),
    clusteredIndex: noSuchOption("there are no clustered collections"),
    validator: noSuchOption("documents are not validated"),
    validationLevel: noSuchOption("documents are not validated"),
    validationAction: noSuchOption("documents are not validated"),
    storageEngine: noSuchOption("there is one storage engine"),
    indexOptionDefaults: noSuchOption("there is one storage engine"),
    idIndex: noSuchOption("the index on _id is always the same"),
    encryptedFields: noSuchOption("there is no queryable encryption"),
    changeStreamPreAndPostImages: noSuchOption("there are no change streams"),
  },
  run: async (context, options) => {
    const { catalogue } = context.store;
    const namespace = namespaceOf(context, options.create);
    checkNewNamespace(namespace);
    await context.store.write((transaction) => {
      if (catalogue.find(namespace) !== undefined)
        throw new CommandError("NamespaceExists", `Collection ${namespace} already exists.`);
      catalogue.create(transaction, namespace);
    });
    return plainReply();
  },
});

const drop = defineCommand({
  name: "drop",
  options: { drop: read.collectionName },
  run: async (context, options) => {
    const { store } = context;
    const ns = namespaceOf(context, options.drop);
    const nIndexesWas = await store.write((transaction) => {
      const collection = store.catalogue.find(ns);
      if (collection !== undefined) store.catalogue.drop(transaction, collection);
      return collection?.indexes.length;
    });
    store.collectGarbage();
    // As in MongoDB 7: what does not exist is dropped already.
    return plainReply(nIndexesWas === undefined ? {} : { nIndexesWas, ns });
  },
});

const renameCollection = defineCommand({
  name: "renameCollection",
  options: {
    renameCollection: read.required(read.text),
    to: read.required(read.text),
    dropTarget: read.boolean,
    stayTemp: read.withoutEffect,
  },
  run: async (context, { renameCollection: from, to, dropTarget = false }) => {
    requireAdmin(context.database, "renameCollection");
    for (const namespace of [from, to]) checkNamespace(namespace);
    checkNewNamespace(to);
    if (from === to)
      throw new CommandError("IllegalOperation", "Can't rename a collection to itself");
    const { store } = context;
    await store.write((transaction) => {
      const collection = store.catalogue.get(from);
      const target = store.catalogue.find(to);
      if (target !== undefined && !dropTarget)
        throw new CommandError("NamespaceExists", "target namespace exists");
      if (target !== undefined) store.catalogue.drop(transaction, target);
      store.catalogue.rename(transaction, collection, to);
    });
    store.collectGarbage();
    return plainReply();
  },
});

function checkNamespace(namespace: string): void {
  const dot = namespace.indexOf(".");
  if (dot < 0) throw new CommandError("InvalidNamespace", `Invalid namespace: '${namespace}'`);
  readDatabaseName(namespace.slice(0, dot));
  readCollectionName(namespace.slice(dot + 1));
}

/** @throws CommandError Unauthorized (13), as MongoDB does. */
export function requireAdmin(database: string, command: string): void {
  if (database !== "admin")
    throw new CommandError(
      "Unauthorized",
      `${command} may only be run against the admin database.`,
    );
}

const listCollections = defineCommand({
  name: "listCollections",
  options: {
    listCollections: read.anyValue,
    filter: read.document,
    nameOnly: read.boolean,
    authorizedCollections: read.withoutEffect,
    cursor: read.document,
  },
  run: async (context, { filter, nameOnly = false, cursor }) => {
    const matching = await context.operation.run(readFilter(filter));
    const entries = context.store.catalogue
      .list(context.database)
      .map(describeCollection)
      .filter((entry) => matching.matches(entry));
    const source = new ListedDocuments(nameOnly ? entries.map(withNameOnly) : entries);
    return openCursor(context, {
      namespace: namespaceOf(context, "$cmd.listCollections"),
      batches: new DocumentBatches(source),
      batchSize: readBatchSize(cursor),
    });
  },
});

function describeCollection({ name, uuid }: Collection): RawDocument {
  return encodeDocument({
    name,
    type: "collection",
    options: {},
    info: { readOnly: false, uuid: new Binary(uuid, Binary.SUBTYPE_UUID) },
    idIndex: decodeDocument(idIndexSpec()),
  });
}

function withNameOnly(entry: RawDocument): RawDocument {
  const { name, type } = decodeDocument(entry);
  return encodeDocument({ name, type });
}

export const collectionCommands = [create, drop, renameCollection, listCollections];
