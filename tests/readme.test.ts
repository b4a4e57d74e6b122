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

/** The requirements of levels 1 and 2 in OWASP ASVS 5.0.0: in each section those from 1 to the number here. */
const ASVS: Readonly<Record<string, number>> = {
  ...{ "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1 },
  ...{ "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4 },
  ...{ "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5 },
  ...{ "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2 },
  ...{ "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4 },
  ...{ "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4 },
  ...{ "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2 },
  ...{ "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1 },
  ...{ "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2 },
};

describe("SECURITY.md", () => {
  const text = readFileSync(join(ROOT, "SECURITY.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\d[^ ]*) +\| [12] +\|.*\| ([^|]*) \|$/gm)];

  /** A path of the repository, or of a test without its ending. */
  const exists = (path: string) =>
    [path, `tests/${path}`, `tests/${path}.test.ts`].some((file) => existsSync(join(ROOT, file)));

  test("names only files that exist", () => {
    const spans = [
      ...text.matchAll(/`([\w.-]+(?:\/[\w.-]*)+|[\w.-]+\.(?:ts|js|md|ya?ml|json)|Dockerfile)`/g),
    ];
    const links = [...text.matchAll(/\]\(([^#):]+)(?:#[^)]*)?\)/g)];
    const named = [...spans, ...links].map(([, path = ""]) => path);

    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((path) => !exists(path))).toEqual([]);
  });

  test("links only to headings that it has", () => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );

    const anchors = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = ""]) => anchor);

    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });

  test("says of each requirement of ASVS 5.0.0, once, how it stands", () => {
    const notApplied = [...text.matchAll(/^Does not apply: (.*)$/gm)].flatMap(([, line = ""]) =>
      [...line.replace(/\([^)]*\)/g, "").matchAll(/[^ ,;.][^ ,;]*/g)].map(([number]) =>
        number.replace(/\.$/, ""),
      ),
    );
    const given = [...rows.map(([, number = ""]) => number), ...notApplied];
    const wanted = Object.entries(ASVS).flatMap(([section, last]) =>
      Array.from({ length: last }, (_, n) => `${section}.${n + 1}`),
    );

    expect(wanted).toHaveLength(253);
    expect(given.toSorted()).toEqual(wanted.toSorted());
  });

  test("names a test for each requirement that is met", () => {
    const [, notMet = "", met = ""] = text.split(/^### (?=What is not met|V1 )/m);
    const untested = rows.filter(([row, , tests = ""]) => {
      const names = [...tests.matchAll(/`([^`]*)`/g)].map(([, name = ""]) => name);
      const areTests = names.every((name) => existsSync(join(ROOT, `tests/${name}.test.ts`)));
      return met.includes(row) && !(names.length > 0 && areTests);
    });

    expect(notMet).toContain("| why it is not met");
    expect(untested.map(([, number]) => number)).toEqual([]);
  });
});
