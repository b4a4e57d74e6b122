import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { document, type Json } from "./promise.js";

// OpenAPI's own keywords (`example`) are annotations.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

const validators = new Map<Json, ValidateFunction>();

/** What is wrong with a value, one sentence each; nothing when it fits a schema of the document. */
export function faultsOf(value: unknown, schema: Json): string[] {
  const validate = validators.get(schema) ?? compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = "", params }) =>
      `${instancePath === "" ? "it" : instancePath} ${message} (${JSON.stringify(params)})`,
  );
}

/** A schema refers to others by `#/components/...`: they are put where it looks for them. */
function compile(schema: Json): ValidateFunction {
  const validate = ajv.compile({ ...schema, components: document["components"] });
  validators.set(schema, validate);
  return validate;
}
