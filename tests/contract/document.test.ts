import { describe, expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PROBLEMS } from "../../api/http/problem.js";
import { at, document, follow, type Json, operations } from "../support/openapi/promise.js";
import { faultsOf } from "../support/openapi/schema.js";

const codes = Object.keys(PROBLEMS).sort();
const problemResponses = Object.entries(at("components", "responses")).flatMap(
  ([name, response]) => {
    const content = follow(follow(response)["content"] ?? {});
    const problem = content["application/problem+json"];
    return problem === undefined ? [] : [[name, follow(problem)] as const];
  },
);

/** A schema's `enum`, or its `const` as a list. */
function allowed(schema: unknown): readonly unknown[] {
  const { enum: list, const: only } = follow(schema);
  return (list ?? [only]) as readonly unknown[];
}

/** What a response says about the fields of its problem, beside referring to Problem. */
function narrowed(schema: unknown): Json {
  return follow((schema as Json)["properties"]);
}

/** Every node of the document, with the keys that lead to it. */
function nodes(node: unknown, path = "#"): { path: string; node: Json }[] {
  if (typeof node !== "object" || node === null) return [];
  return [
    { path, node: node as Json },
    ...Object.entries(node).flatMap(([key, value]) => nodes(value, `${path}/${key}`)),
  ];
}

describe("the OpenAPI document", () => {
  test("is OpenAPI 3.1 and refers to nothing outside itself", () => {
    const references = nodes(document).flatMap(({ node: { $ref } }) =>
      typeof $ref === "string" ? [$ref] : [],
    );

    expect(document["openapi"]).toMatch(/^3\.1\.\d+$/);
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((ref) => !ref.startsWith("#/components/"))).toEqual([]);
    expect(() => references.map((ref) => at(...ref.slice(2).split("/")))).not.toThrow();
  });

  test("is valid by the schema that the OpenAPI Initiative publishes for 3.1", async () => {
    const validator = new Validator();
    const validate = (candidate: Json) => validator.validate(structuredClone(candidate));

    expect(await validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const broken = { ...document, paths: { "/x": { get: { responses: { "200": {} } } } } };
    expect(await validate(broken)).toMatchObject({ valid: false });
  });

  test("describes all data with valid schemas of JSON Schema 2020-12", () => {
    const ajv = new Ajv2020({ strict: false });
    const named = Object.entries(at("components", "schemas"));
    const inline = nodes(document).flatMap(({ path, node: { schema } }) =>
      schema === undefined ? [] : [[path, schema] as const],
    );

    const invalid = [...named, ...inline].filter(
      ([, schema]) => !ajv.validateSchema(schema as Json),
    );

    expect(inline.length).toBeGreaterThan(20);
    expect(invalid).toEqual([]);
    expect(ajv.validateSchema({ type: "string", minLength: -1 })).toBe(false);
  });

  test("lists exactly the error codes that there are", () => {
    expect(at("components", "schemas", "ErrorCode")["enum"]).toEqual(codes);
  });

  test("promises every error code somewhere", () => {
    const promised = problemResponses.flatMap(([, { schema }]) =>
      allowed(narrowed(schema)["code"]),
    );

    expect([...new Set(promised)].sort()).toEqual(codes);
  });

  test.each(problemResponses)("gives the codes of %s their true status", (_name, { schema }) => {
    const { status, code } = narrowed(schema);
    const statuses = allowed(code).map((name) => PROBLEMS[name as keyof typeof PROBLEMS].status);

    expect([...new Set(statuses)].sort()).toEqual([...allowed(status)].sort());
  });

  test("shows examples that fit their schemas, with the titles that are sent", () => {
    const examples = nodes(document).flatMap(({ path, node }) => {
      const { example, schema } = node;
      if (example === undefined) return [];
      return [{ path, example, schema: (schema ?? node) as Json }];
    });
    const faults = examples.flatMap(({ path, example, schema }) =>
      faultsOf(example, schema).map((fault) => `${path}: ${fault}`),
    );
    const titles = problemResponses.map(([, { example }]) => follow(example)["title"]);
    const sent = problemResponses.map(
      ([, { example }]) => PROBLEMS[follow(example)["code"] as keyof typeof PROBLEMS].title,
    );

    expect(examples.length).toBeGreaterThan(20);
    expect(faults).toEqual([]);
    expect(titles).toEqual(sent);
  });

  test("gives every operation an id of its own, a summary and an answer to anything", () => {
    const ids = operations.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ summary }) => summary === "undefined")).toEqual([]);
    expect(operations.filter(({ responses }) => !responses.has("default"))).toEqual([]);
  });

  test("promises 401 wherever a session or a token is needed, and nowhere else but at sign-in", () => {
    const isGuarded = operations.filter(
      ({ security }) =>
        security.length > 0 && security.every((needed) => Object.keys(needed).length > 0),
    );
    const signIns = [
      ...["logIn", "logInWithPasskey", "restoreAccount", "createTokens", "refreshTokens"],
      "proveSingleSignOnSecondFactor",
      // They ask for the password of a link.
      ...[
        "getLink",
        "unlockLink",
        "getLinkContent",
        "getLinkArchive",
        "headLinkArchive",
        "headLinkContent",
        "getLinkEntry",
        "headLinkEntry",
        ...["getLinkPreview", "headLinkPreview", "getLinkPreviewBelow", "headLinkPreviewBelow"],
        ...["dropForm", "dropFile", "createDrop", "findDrop", "continueDrop"],
        ...["terminateDrop", "overrideDrop"],
      ],
    ];
    const answers401 = operations.filter(
      ({ id, responses }) => responses.has("401") && !signIns.includes(id),
    );

    expect(answers401.map(({ id }) => id)).toEqual(isGuarded.map(({ id }) => id));
  });
});
