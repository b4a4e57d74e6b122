import { buildDocument, type RawDocument, readElements } from "../bson/document.js";
import { CommandError } from "../errors.js";
import type { StoredIndex } from "../storage/stored-index.js";
import { defineCommand, namespaceOf, plainReply } from "./command.js";
import { checkExpireSeconds, secondsValue } from "./index-spec.js";
import { findIndex } from "./indexes.js";
import * as read from "./option-readers.js";
import { readFields } from "./options.js";

const INDEX_CHANGE = {
  name: read.anyValue,
  keyPattern: read.anyValue,
  expireAfterSeconds: read.required(read.integer),
  hidden: read.unsupported("indexes cannot be hidden", "InvalidOptions"),
  unique: read.unsupported("an index cannot become unique", "InvalidOptions"),
  prepareUnique: read.unsupported("an index cannot become unique", "InvalidOptions"),
};

/** Changes how long the documents of a TTL index live; nothing else of a collection can be changed. */
export const collMod = defineCommand({
  name: "collMod",
  options: {
    collMod: read.collectionName,
    index: read.required(read.document),
    validator: read.unsupported("documents are not validated", "InvalidOptions"),
    validationLevel: read.unsupported("documents are not validated", "InvalidOptions"),
    validationAction: read.unsupported("documents are not validated", "InvalidOptions"),
    expireAfterSeconds: read.unsupported("there are no time series", "InvalidOptions"),
    viewOn: read.unsupported("there are no views", "InvalidOptions"),
    pipeline: read.unsupported("there are no views", "InvalidOptions"),
  },
  run: async (context, options) => {
    const { store } = context;
    const namespace = namespaceOf(context, options.collMod);
    const change = readFields(INDEX_CHANGE, options.index, "collMod.index");
    const { name, keyPattern, expireAfterSeconds: seconds } = change;
    checkExpireSeconds(seconds);
    const selector = name ?? keyPattern;
    if (selector === undefined || (name !== undefined && keyPattern !== undefined))
      throw new CommandError(
        "InvalidOptions",
        "must specify either an index name or a key pattern",
      );
    const before = await store.write((transaction) => {
      const collection = store.catalogue.get(namespace);
      const index = findIndex(collection, selector);
      if (index === undefined) throw new CommandError("IndexNotFound", "cannot find the index");
      const old = index.expireAfterSeconds;
      store.catalogue.redefineIndex(transaction, collection, {
        index,
        spec: withExpiry(index, seconds),
      });
      return old;
    });
    return plainReply({ expireAfterSeconds_old: before, expireAfterSeconds_new: seconds });
  },
});

function withExpiry({ spec, fields, name }: StoredIndex, seconds: number): RawDocument {
  if (name === "_id_" || fields.length > 1)
    throw new CommandError(
      "InvalidOptions",
      "TTL indexes are single-field indexes, not the one on _id",
    );
  const others = readElements(spec).filter((element) => element.name !== "expireAfterSeconds");
  return buildDocument([
    ...others.map((element) => [element.name, element] as const),
    ["expireAfterSeconds", secondsValue(seconds)] as const,
  ]);
}
