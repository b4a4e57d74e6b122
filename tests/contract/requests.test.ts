import { describe, expect, test } from "@jest/globals";
import type { AnyObjectSchema, SchemaDescription } from "yup";
import type { ProofKind } from "../../api/http/door.js";
import { CREDENTIAL_KINDS } from "../../common/credentials/credential.js";
import { at, follow, type Json, type Operation, operations } from "../support/openapi/promise.js";
import { listRoutes, type Route, templateOf } from "../support/routes.js";
import { useWorld } from "../support/use-world.js";

const world = useWorld();

const PARTS = { path: "params", query: "query", header: "headers" } as const;

/** One field of a request: whether it must be there, and what its schema says. */
interface Field {
  readonly isRequired: boolean;
  readonly schema: Json;
}

/** What yup tells of a field, in JSON Schema. What a field's own tests mean stands in its meta data. */
function toJsonSchema(description: SchemaDescription): Json {
  // The form of some fields depends on what they have: the document alone describes it.
  if (description.type === "lazy") return {};
  const { type, oneOf, tests, meta } = description;
  const byTest = tests.map(({ name, params }): Json => {
    if (name === "min" && type === "string") return { minLength: params?.["min"] };
    if (name === "max" && type === "string") return { maxLength: params?.["max"] };
    if (name === "matches") return { pattern: (params?.["regex"] as RegExp).source };
    return {};
  });
  return {
    ...(type !== "mixed" && { type }),
    ...(oneOf.length > 0 && { enum: oneOf }),
    ...("default" in description &&
      description.default !== undefined && { default: description.default }),
    ...byTest.reduce<Json>((all, one) => ({ ...all, ...one }), {}),
    ...meta?.jsonSchema,
  };
}

function fieldsOf(schema: AnyObjectSchema | undefined): Record<string, Field> {
  const fields = Object.entries(schema?.describe().fields ?? {});
  return Object.fromEntries(
    fields.map(([name, field]) => {
      const description = field as SchemaDescription;
      const isRequired =
        !description.optional && !("default" in description && description.default !== undefined);
      return [name.toLowerCase(), { isRequired, schema: toJsonSchema(description) }];
    }),
  );
}

/** The operation of a route; `HEAD` belongs to its `GET`. */
function operationOf({ method, path }: Route): Operation | undefined {
  const template = templateOf(path);
  return operations.find(
    (operation) => operation.method === method && operation.paths.includes(template),
  );
}

const promised = () =>
  listRoutes(world()).flatMap((route) => {
    const operation = operationOf(route);
    return operation === undefined
      ? []
      : [{ route, operation, name: `${route.method} ${route.path}` }];
  });

/** The order of an `enum` says nothing. */
function inOrder(schema: Json): Json {
  const { enum: values } = schema;
  return Array.isArray(values) ? { ...schema, enum: values.map(String).sort() } : schema;
}

/** Name and necessity are the same on both sides, and the document says all that yup checks; it may say more, such as what a service checks. */
function compare(
  name: string,
  given: Record<string, Field>,
  expected: Record<string, Field>,
): void {
  expect([name, Object.keys(given).sort()]).toEqual([name, Object.keys(expected).sort()]);
  for (const [field, { isRequired, schema }] of Object.entries(expected)) {
    expect([name, field, { ...given[field], schema: inOrder(given[field]?.schema ?? {}) }]).toEqual(
      [name, field, { isRequired, schema: expect.objectContaining(inOrder(schema)) }],
    );
  }
}

/** The security schemes of a kind of credential. */
const SCHEMES: Readonly<Record<ProofKind, readonly string[]>> = {
  link: ["uploadGrant"],
  session: ["session"],
  token: ["accessToken"],
  "api-key": ["apiKey", "basic"],
};

/** Any of these is enough. */
function schemesOf({ access, by = CREDENTIAL_KINDS }: Route): Json[] {
  if (access === "operator") return [{ metricsToken: [] }];
  return by.flatMap((kind) => SCHEMES[kind]).map((scheme) => ({ [scheme]: [access] }));
}

describe("The requests in the OpenAPI document", () => {
  test("are those of every route, with the names of its path's parameters", () => {
    const unknown = listRoutes(world()).filter(
      (route) =>
        operationOf({ ...route, method: route.method.replace("HEAD", "GET") }) === undefined,
    );

    expect(unknown.filter(({ method }) => method !== "HEAD")).toEqual([]);
    expect(promised().length).toBeGreaterThan(25);
  });

  test.each(["path", "query"] as const)(
    "have exactly the %s parameters of the route's schema",
    (part) => {
      for (const { route, operation, name } of promised()) {
        const given = operation.parameters.filter((parameter) => parameter.in === part);
        const fields = given.map(({ name: key, isRequired, schema }) => [
          key.toLowerCase(),
          { isRequired, schema },
        ]);
        const schema = route.schema[PARTS[part]];
        // A route that reads nothing from its path (OPTIONS of uploads) promises no form of it.
        if (part === "path" && schema === undefined) continue;
        compare(name, Object.fromEntries(fields) as Record<string, Field>, fieldsOf(schema));
      }
    },
  );

  test("have the header fields of the route's schema, where it has any", () => {
    for (const { route, operation, name } of promised()) {
      const expected = fieldsOf(route.schema[PARTS.header]);
      const given = operation.parameters.filter(
        (parameter) => parameter.in === "header" && parameter.name.toLowerCase() in expected,
      );
      const fields = given.map(({ name: key, isRequired, schema }) => [
        key.toLowerCase(),
        { isRequired, schema },
      ]);
      compare(name, Object.fromEntries(fields) as Record<string, Field>, expected);
    }
  });

  test("have exactly the JSON fields of the route's schema", () => {
    for (const { route, operation, name } of promised()) {
      const { jsonBody } = operation;
      expect([name, jsonBody !== undefined]).toEqual([name, route.schema.body !== undefined]);
      if (jsonBody === undefined) continue;
      const required = jsonBody["required"] as readonly string[];
      const fields = Object.entries(follow(jsonBody["properties"])).map(([key, schema]) => [
        key.toLowerCase(),
        { isRequired: required.includes(key), schema: follow(schema) },
      ]);
      expect([name, jsonBody["additionalProperties"]]).toEqual([name, false]);
      compare(
        name,
        Object.fromEntries(fields) as Record<string, Field>,
        fieldsOf(route.schema.body),
      );
    }
  });

  test("may have no body of JSON where all of its fields are optional, except those that change something", () => {
    for (const { route, operation, name } of promised()) {
      const { body } = route.schema;
      if (body === undefined) continue;
      const isOptional = route.method !== "PATCH" && body.isValidSync({}, { strict: true });
      expect([name, operation.isBodyOptional]).toEqual([name, isOptional]);
    }
  });

  test("ask for the credentials and the scope that the route asks for", () => {
    for (const { route, operation, name } of promised()) {
      const { access } = route;
      const needed = operation.security.filter((one) => Object.keys(one).length > 0);
      const isOptional =
        operation.security.length === 0 || needed.length < operation.security.length;
      expect([name, isOptional]).toEqual([name, access === "anyone"]);
      if (access === "anyone") continue;
      expect([name, needed]).toEqual([name, schemesOf(route)]);
    }
  });

  test("are told by scope in the description, those that accept no API keys with a mark", () => {
    const rows = [...String(at("info")["description"]).matchAll(/^\| `([a-z:]+)` \| (.*) \|$/gm)];
    const told = rows.flatMap(([, scope, names = ""]) =>
      names.split(", ").map((name) => `${scope} ${name}`),
    );
    const expected = promised()
      .filter(({ route: { access = "", path } }) =>
        access.includes(":") || access === "admin" ? path.startsWith("/api/v1/") : false,
      )
      .map(({ route: { access, by, method, path } }) => {
        const mark = by?.includes("api-key") === false ? "\\*" : "";
        const short = templateOf(path.replace("/api/v1", ""));
        return `${access} \`${method} ${short}\`${mark}`;
      });

    expect(told.length).toBeGreaterThan(15);
    expect(told.sort()).toEqual(expected.sort());
  });
});
