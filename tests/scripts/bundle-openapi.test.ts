import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const SCRIPT = new URL("../../../scripts/bundle-openapi.js", import.meta.url).href;
const { bundleOpenapi } = (await import(SCRIPT)) as { bundleOpenapi: (path: string) => unknown };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-openapi-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function bundle(files: Readonly<Record<string, string>>): unknown {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return bundleOpenapi(join(folder, "openapi.yaml"));
}

describe("bundleOpenapi", () => {
  test("puts paths in their place and components under their names", () => {
    const document = bundle({
      "openapi.yaml": 'paths: { /a: { $ref: "paths/a.yaml#/a" } }',
      "paths/a.yaml": 'a: { get: { $ref: "../components/schemas/x.yaml#/Node" } }',
      "components/schemas/x.yaml": "Node: { type: object }",
    });

    expect(document).toEqual({
      paths: { "/a": { get: { $ref: "#/components/schemas/Node" } } },
      components: { schemas: { Node: { type: "object" } } },
    });
  });

  test("keeps schemas that refer to themselves, and what stands beside a reference", () => {
    const document = bundle({
      "openapi.yaml": 'root: { $ref: "components/schemas/x.yaml#/Node", description: The root }',
      "components/schemas/x.yaml": 'Node: { properties: { next: { $ref: "#/Node" } } }',
    });

    expect(document).toEqual({
      root: { $ref: "#/components/schemas/Node", description: "The root" },
      components: {
        schemas: { Node: { properties: { next: { $ref: "#/components/schemas/Node" } } } },
      },
    });
  });

  test.each([
    [
      "a reference to a missing part",
      { "openapi.yaml": 'a: { $ref: "b.yaml#/c" }', "b.yaml": "d: {}" },
      "openapi.yaml refers to b.yaml#/c, which does not exist",
    ],
    [
      "a reference to a missing file",
      { "openapi.yaml": 'a: { $ref: "b.yaml#/c" }' },
      "b.yaml cannot be read: ENOENT",
    ],
    ["a file that is no YAML", { "openapi.yaml": "a: { b" }, "openapi.yaml: "],
    [
      "two components of one name",
      {
        "openapi.yaml":
          'a: [{ $ref: "components/schemas/x.yaml#/N" }, { $ref: "components/schemas/y.yaml#/N" }]',
        "components/schemas/x.yaml": "N: {}",
        "components/schemas/y.yaml": "N: {}",
      },
      "components/schemas/x.yaml#/N and components/schemas/y.yaml#/N have the same name",
    ],
  ])("refuses %s in a sentence", (_title, files, sentence) => {
    expect(() => bundle(files)).toThrow(sentence);
  });
});
