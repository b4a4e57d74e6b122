import { ObjectId } from "bson";
import {
  encodeElement,
  getField,
  joinElements,
  type RawDocument,
  readElements,
} from "../bson/document.js";
import { BsonType, nameOfType } from "../bson/type.js";
import { type BsonValue, objectIdValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { insertDocument } from "../storage/document-writer.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { NOTHING_DONE, type Statement } from "./statement.js";

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export class InsertStatement implements Statement {
  result = NOTHING_DONE;
  readonly #store: Store;
  readonly #namespace: string;
  readonly #document: RawDocument;

  constructor(store: Store, namespace: string, document: RawDocument) {
    this.#store = store;
    this.#namespace = namespace;
    this.#document = document;
  }

  step(transaction: Transaction): boolean {
    const document = prepareInsert(this.#document);
    const collection = this.#store.catalogue.findOrCreate(transaction, this.#namespace);
    insertDocument(transaction, collection, document);
    this.result = { n: 1, modified: 0 };
    return true;
  }
}

/**
 * The document as it is stored: with an `_id`, and that first; every other byte stays.
 * @throws CommandError BSONObjectTooLarge (10334), InvalidIdField (53), DollarPrefixedFieldName (52).
 */
export function prepareInsert(document: RawDocument): RawDocument {
  if (document.length > MAX_DOCUMENT_BYTES)
    throw new CommandError(
      "BSONObjectTooLarge",
      `object to insert too large. size in bytes: ${document.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  const id = getField(document, "_id");
  if (id === undefined || !isFirst(id, document)) return withIdFirst(document, id);
  checkId(id);
  return document;
}

/** Behind the length of the document, one byte of type, and the name with its NUL. */
const FIRST_ID_OFFSET = 4 + 1 + 4;

function isFirst(id: BsonValue, document: RawDocument): boolean {
  return id.bytes.byteOffset - document.byteOffset === FIRST_ID_OFFSET;
}

function withIdFirst(document: RawDocument, id: BsonValue | undefined): RawDocument {
  if (id !== undefined) checkId(id);
  const others = readElements(document).filter(({ name }) => name !== "_id");
  const first = encodeElement("_id", id ?? objectIdValue(new ObjectId()));
  return joinElements([first, ...others.map(({ raw }) => raw)]);
}

function checkId(id: BsonValue): void {
  const isRefused =
    id.type === BsonType.array || id.type === BsonType.regex || id.type === BsonType.undefined;
  if (isRefused)
    throw new CommandError(
      "InvalidIdField",
      `The '_id' value cannot be of type ${nameOfType(id.type)}`,
    );
  const elements = id.type === BsonType.object ? readElements(id.bytes) : [];
  const dollar = elements.find(({ name }) => name.startsWith("$"));
  if (dollar !== undefined)
    throw new CommandError(
      "DollarPrefixedFieldName",
      `_id fields may not contain '$'-prefixed fields: ${dollar.name} is not valid for storage.`,
    );
}
