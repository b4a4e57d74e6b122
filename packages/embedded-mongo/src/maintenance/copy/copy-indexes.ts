import { BSON } from "bson";
import type { MongoClient } from "mongodb";
import type { Collection } from "../../storage/collection.js";

/**
 * Creates the indexes of a collection at the target, and the collection itself where it has no documents. What is there
 * already stays.
 *
 * @returns How many there are.
 * @throws The driver's error when the target has an index of the same name that is another one.
 */
export async function copyIndexes(collection: Collection, client: MongoClient): Promise<number> {
  const db = client.db(collection.database);
  const { name } = collection;
  const existing = await db.listCollections({ name }, { nameOnly: true }).toArray();
  if (existing.length === 0) await db.createCollection(name);
  const indexes = collection.usableIndexes
    .filter((index) => index.name !== "_id_")
    .map(({ spec }) => BSON.deserialize(spec, { promoteValues: false, bsonRegExp: true }));
  if (indexes.length > 0) await db.command({ createIndexes: name, indexes });
  return indexes.length + 1;
}
