import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("tests/README.md", () => {
  test("names in its tables only files that exist", () => {
    const tables = readFileSync(join(ROOT, "tests/README.md"), "utf8").match(/^\|.*\|$/gm) ?? [];
    const missing = tables.flatMap((row) => {
      let folder = "";
      return [...row.matchAll(/`([\w-]+(?:\/[\w-]*)*(?:\.ts)?)`/g)].flatMap(([, name = ""]) => {
        if (name.includes("/")) folder = name.slice(0, name.lastIndexOf("/") + 1);
        const path = join(ROOT, "tests", name.includes("/") ? name : folder + name);
        return [path, `${path}.test.ts`].some((file) => existsSync(file)) ? [] : [name];
      });
    });

    expect(missing.filter((name) => !["npm", "useWorld", "Client"].includes(name))).toEqual([]);
  });
});
