import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { document, type Json } from "./promise.js";

// OpenAPI's own keywords (`example`) are annotations. That the schemas are schemas is held by document.test.ts, once.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(withSharedComponents({ components: document["components"] }), "document");

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

function compile(schema: Json): ValidateFunction {
  const validate = ajv.compile(withSharedComponents(schema));
  validators.set(schema, validate);
  return validate;
}

/** Lets a schema refer to the components of the document, so that each of these is compiled once for all schemas. */
function withSharedComponents(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
  return JSON.parse(text) as Json;
}
