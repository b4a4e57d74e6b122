import type {
  ClientDeleteOneModel,
  ClientInsertOneModel,
  ClientUpdateOneModel,
  Collection,
  Document,
  Filter,
  UpdateFilter,
} from "mongodb";

/** An insert, an update or a delete of at most one document, in any collection of the database. `OrderedWrites` runs it. */
export type Write = { readonly namespace: string } & (
  ClientInsertOneModel<Document> | ClientUpdateOneModel<Document> | ClientDeleteOneModel<Document>
);

/** A change of at most one document. */
export interface Change<T extends Document> {
  readonly filter: Filter<T>;
  readonly update: UpdateFilter<T>;
}

/** An insert. Refused when a unique index, that of `_id` included, already has a key of the document. */
export function insertion<T extends Document>({ namespace }: Collection<T>, document: T): Write {
  return { name: "insertOne", namespace, document };
}

/** An update. Not refused when it matches nothing; its result is how many documents it has matched (0 or 1). */
export function change<T extends Document>(
  { namespace }: Collection<T>,
  { filter, update }: Change<T>,
): Write {
  return { name: "updateOne", namespace, filter: filter as Document, update: update as Document };
}

/**
 * An update that is refused when it matches nothing. It is an upsert whose `$setOnInsert` contradicts the `_id` of the filter. So
 * MongoDB refuses the insert, which tells us that nothing matched.
 *
 * @param change - Its filter names an `_id`, and has no `$expr`, which MongoDB does not take in an upsert.
 */
export function requiredChange<T extends Document>(
  { namespace }: Collection<T>,
  { filter, update }: Change<T>,
): Write {
  const refusing: Document = { ...update, $setOnInsert: { _id: null } };
  const found = { namespace, filter: filter as Document, update: refusing };
  return { name: "updateOne", ...found, upsert: true };
}

/** A delete. Not refused when it matches nothing; its result is how many documents it has deleted (0 or 1). */
export function removal<T extends Document>(
  { namespace }: Collection<T>,
  filter: Filter<T>,
): Write {
  return { name: "deleteOne", namespace, filter: filter as Document };
}
