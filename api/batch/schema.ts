import { array, boolean, lazy, object, type ObjectShape, string } from "yup";
import { OPERATIONS, type Operation } from "../../common/operations/operation.js";
import { tagList } from "../files/metadata.js";
import { folderId, id } from "../http/fields.js";

/** What one request may do. */
const MAX_OPERATIONS = 1000;
/** So many operations with ids and long names, or some tags, have room. */
const MAX_BYTES = 1024 ** 2;

const onConflict = <T extends string>(ways: readonly T[]) =>
  string().oneOf(ways, "${path} must be one of ${values}");

const operation = <S extends ObjectShape>(fields: S) =>
  object({ op: string().defined(), ...fields }).noUnknown(
    true,
    "${path} has fields that this operation does not have: ${unknown}",
  );

/** The fields of each operation beside `common`. Which names are valid, the service decides. */
const schemasWith = <C extends ObjectShape>(common: C) =>
  ({
    move: operation({
      ...common,
      folderId,
      name: string(),
      onConflict: onConflict(["rename", "fail"] as const),
    }).test("move", "${path} must have folderId or name", hasOneOf("folderId", "name")),
    copy: operation({
      ...common,
      folderId,
      name: string(),
      onConflict: onConflict(["version", "rename", "fail"] as const),
    }),
    delete: operation({ ...common, permanent: boolean() }),
    restore: operation({ ...common, folderId }),
    tag: operation({ ...common, add: tagList, remove: tagList }).test(
      "tag",
      "${path} must have add or remove",
      hasOneOf("add", "remove"),
    ),
  }) satisfies Record<Operation["op"], object>;

const hasOneOf = (one: string, other: string) => (given: object) =>
  Object.entries(given).some(([key, value]) => [one, other].includes(key) && value !== undefined);

const UNKNOWN = object({
  op: string().oneOf(OPERATIONS, "${path} must be one of ${values}").defined("${path} is required"),
})
  .default(undefined)
  .required("${path} is required");

const isOp = (op: unknown): op is Operation["op"] => OPERATIONS.some((known) => known === op);

/** The schema of an operation, by what it says that it is. @param common - The fields that each has. */
export const operationSchema = <C extends ObjectShape>(common: C) => {
  const schemas = schemasWith(common);
  return lazy((given: unknown) => {
    const op: unknown =
      typeof given === "object" && given !== null && "op" in given ? given.op : "";
    return isOp(op) ? schemas[op] : UNKNOWN;
  });
};

/** `POST /batch`. */
export const newBatch = {
  largestBodyBytes: MAX_BYTES,
  body: object({
    operations: array(operationSchema({ id }))
      .min(1, "${path} must not be empty")
      .max(MAX_OPERATIONS, `\${path} may have at most ${MAX_OPERATIONS} operations`)
      .defined("${path} is required"),
  }),
};
