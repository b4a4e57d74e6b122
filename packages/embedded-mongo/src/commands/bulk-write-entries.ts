import { firstName, type RawDocument } from "../bson/document.js";
import { CommandError } from "../errors.js";
import { DeleteStatement } from "../statements/delete-statement.js";
import { InsertStatement } from "../statements/insert-statement.js";
import type { Statement } from "../statements/statement.js";
import { UpdateStatement } from "../statements/update-statement.js";
import type { CommandContext } from "./command.js";
import { checkNewNamespace, readCollectionName, readDatabaseName } from "./limits.js";
import * as read from "./option-readers.js";
import { readFields } from "./options.js";
import { UPDATE_FIELDS } from "./update.js";

/** One entry of `nsInfo`. */
const NAMESPACE_ENTRY = {
  ns: read.required(read.text),
  collectionUUID: read.unsupported("collections are named"),
  encryptionInformation: read.unsupported("there is no queryable encryption"),
};

/** The entries of `ops`, by their first field, which is also the position of their namespace. */
const INSERT_ENTRY = {
  insert: read.required(read.count),
  document: read.required(read.document),
};
const UPDATE_ENTRY = {
  update: read.required(read.count),
  filter: read.required(read.document),
  updateMods: read.required(read.anyValue),
  ...UPDATE_FIELDS,
  constants: read.unsupported("there are no pipeline updates"),
};
const DELETE_ENTRY = {
  delete: read.required(read.count),
  filter: read.required(read.document),
  multi: read.boolean,
  hint: read.hint,
  collation: read.simpleCollation,
};

/** One entry of `ops`, ready to be carried out. */
export interface Write {
  readonly kind: "insert" | "update" | "delete";
  readonly statement: Statement;
}

/** The namespace that an entry of `nsInfo` names. @throws CommandError InvalidNamespace (73) */
export function readNamespace(entry: RawDocument): string {
  const { ns } = readFields(NAMESPACE_ENTRY, entry, "bulkWrite.nsInfo");
  const dot = ns.indexOf(".");
  const database = readDatabaseName(ns.slice(0, Math.max(dot, 0)));
  return `${database}.${readCollectionName(ns.slice(dot + 1))}`;
}

/**
 * @param namespaces - What the entries name by their position.
 * @throws CommandError
 */
export function readWrite(
  { store, now }: CommandContext,
  namespaces: readonly string[],
  op: RawDocument,
): Write {
  const name = "bulkWrite.ops";
  switch (firstName(op)) {
    case "insert": {
      const { insert, document } = readFields(INSERT_ENTRY, op, name);
      const namespace = namespaceAt(namespaces, insert);
      checkNewNamespace(namespace);
      return { kind: "insert", statement: new InsertStatement(store, namespace, document) };
    }
    case "update": {
      const entry = readFields(UPDATE_ENTRY, op, name);
      const { filter: query, updateMods, multi: isMulti = false, upsert: isUpsert = false } = entry;
      const namespace = namespaceAt(namespaces, entry.update);
      checkNewNamespace(namespace);
      const options = { namespace, query, update: updateMods, hint: entry.hint, isMulti, isUpsert };
      return { kind: "update", statement: new UpdateStatement(store, { ...options, now: now() }) };
    }
    case "delete": {
      const entry = readFields(DELETE_ENTRY, op, name);
      const { filter: query, hint, multi: isMulti = false } = entry;
      const namespace = namespaceAt(namespaces, entry.delete);
      const statement = new DeleteStatement(store, { namespace, query, hint, isMulti });
      return { kind: "delete", statement };
    }
    case undefined:
    default:
      throw new CommandError("FailedToParse", `An entry of '${name}' begins with its kind`);
  }
}

function namespaceAt(namespaces: readonly string[], position: number): string {
  const namespace = namespaces[position];
  if (namespace !== undefined) return namespace;
  throw new CommandError("BadValue", `'bulkWrite.nsInfo' has no entry ${position}`);
}
