import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { ROOMS } from "./support/rooms.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const PARTS = ["api", "bench", "common", "embedded", "packages", "tests", "web", "worker"];

interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** What it imports: files of ours from the root, and packages by name. */
  readonly imports: readonly string[];
}

const slashes = (path: string) => path.split(sep).join("/");
const sources = PARTS.filter((part) => existsSync(join(ROOT, part)))
  .flatMap((part) =>
    readdirSync(join(ROOT, part), { recursive: true, encoding: "utf8" }).map((file) =>
      join(part, file),
    ),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
  .map(read);

function read(file: string): Source {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"/gms)].map(
    ([, name = ""]) => name,
  );
  const imports = specifiers.map((name) =>
    name.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), name)) : name,
  );
  return { path: slashes(file), text, imports: imports.map(slashes) };
}

/** What each part may import of ours; everything may import packages. */
const ARROWS: Record<string, RegExp> = {
  api: /^(?:api|common)\//,
  bench: /^(?:bench|common|packages)\//,
  common: /^common\//,
  embedded: /^embedded\//,
  packages: /^packages\//,
  tests: /^(?:api|common|embedded|tests|worker)\//,
  web: /^web\//,
  worker: /^(?:common|worker)\//,
};

/** What puts rooms together, and the commands of a process, stand above all rooms. */
function roomOf(path: string): string {
  const [, room = "", ...rest] = path.replace(/\.[jt]sx?$/, "").split("/");
  return rest.at(-1) === "main" ? "main" : room;
}

const rankOf = (room: string) =>
  ROOMS.includes(room) ? ROOMS.indexOf(room) : ROOMS.length + (room === "main" ? 1 : 0);
/** Those that bring in more than types. */
const countImports = (text: string) => text.match(/^import (?!type\b)/gm)?.length ?? 0;
const isOurs = (name: string) => PARTS.includes(name.split("/")[0] ?? "") && name.endsWith(".js");
const within = (part: string) => sources.filter(({ path }) => path.startsWith(`${part}/`));
const product = sources.filter(({ path }) => !/^bench\/|(?:^|\/)tests\//.test(path));

/** `path: what it should not have`, for each that has it. */
const offences = (among: readonly Source[], find: (source: Source) => readonly string[]) =>
  among.flatMap((source) => find(source).map((found) => `${source.path}: ${found}`));

describe("The architecture", () => {
  test("has sources in every part", () => {
    for (const part of ["api", "common", "embedded", "packages", "tests", "worker"]) {
      expect(within(part).length).toBeGreaterThan(3);
    }
    expect(sources.flatMap(({ imports }) => imports).filter(isOurs).length).toBeGreaterThan(300);
  });

  test.each(Object.entries(ARROWS))(
    "lets %s import nothing of ours but what matches %s",
    (part, allowed) => {
      const found = offences(within(part), ({ imports }) =>
        imports.filter((name) => isOurs(name) && !allowed.test(name)),
      );

      expect(found).toEqual([]);
    },
  );

  test("lets no room of common import from one above it", () => {
    const folders = readdirSync(join(ROOT, "common"), { withFileTypes: true });
    const rooms = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const up = within("common").flatMap(({ path, imports }) => {
      const from = roomOf(path);
      return imports
        .filter((name) => name.startsWith("common/") && rankOf(roomOf(name)) > rankOf(from))
        .map((name) => `${from}: ${roomOf(name)}`);
    });

    expect(rooms.filter((room) => !ROOMS.includes(room))).toEqual([]);
    expect(up).toEqual([]);
  });

  test("lets tests/support import from no folder of tests", () => {
    const found = offences(within("tests/support"), ({ imports }) =>
      imports.filter((name) => name.startsWith("tests/") && !name.startsWith("tests/support/")),
    );

    expect(within("tests/support").length).toBeGreaterThan(20);
    expect(found).toEqual([]);
  });

  test("keeps frameworks at the doors: HTTP in api, the queue's own jobs in worker, MongoDB in common", () => {
    const http = /^(?:koa|@koa\/.*|koa-.*|koa2-.*|node:http|@fastify\/.*)$/;
    const found = [
      ...offences(within("common"), ({ path, imports }) =>
        // It asks others, and answers nobody.
        path === "common/webhooks/sender.ts" ? [] : imports.filter((name) => http.test(name)),
      ),
      ...offences(within("worker"), ({ imports }) => imports.filter((name) => http.test(name))),
      ...offences([...within("api"), ...within("worker")], ({ imports }) =>
        imports.filter((name) => name === "mongodb"),
      ),
      ...offences(within("common"), ({ text }) =>
        /import[^;]*\bJob\b[^;]*from "bullmq"/.test(text) ? ["imports BullMQ's Job"] : [],
      ),
    ];

    expect(found).toEqual([]);
  });

  test("asks the database only in repositories, and in the other files that speak its words", () => {
    const database =
      /^common\/(?:[\w-]+\/(?:fsck\/)?(?:\w+-)?repository|storage\/.*|maintenance\/(?:orphan-sweep|scrub\/scrub-progress|scrub\/blob-checker)|entries\/listing|accounts\/account|migrations\/.*|platform\/mongo|platform\/ordered-writes|platform\/readiness)\.ts$/;
    const found = offences(
      within("common").filter(({ path }) => !database.test(path)),
      ({ text }) =>
        /\.(?:findOne|updateOne|insertOne|deleteOne|aggregate|createIndexes?)\(/.exec(text) ?? [],
    );

    expect(found).toEqual([]);
  });

  test("lets common/access alone give out entries and compare owners", () => {
    const gives = /\bgive(?:Entry|Home|Place)\b/;
    const compares =
      /\b(?:ownerId|actorId|accountId|actor\.id) [!=]== (?!undefined|null)|(?<!undefined|null) [!=]== (?:[\w.]+\.)?(?:ownerId|actorId|accountId|actor\.id)\b/;
    const elsewhere = sources.filter(({ path }) => !/^common\/access\/|architecture/.test(path));
    const found = offences(elsewhere, (source) => [
      ...(gives.exec(source.text) ?? []),
      ...((product.includes(source) ? compares.exec(source.text) : null) ?? []),
    ]);

    expect(found).toEqual([]);
  });

  test("reads the environment in main files only, and nobody logs to the console", () => {
    const mayRead = /(?:^|\/)main\.ts$|^common\/platform\/process\.ts$/;
    const found = offences(product, ({ path, text }) => [
      ...(mayRead.test(path) ? [] : (/\bprocess\.(?:env|argv|exit)\b/.exec(text) ?? [])),
      ...(/\bconsole\.\w+/.exec(text) ?? []),
    ]);

    expect(found).toEqual([]);
  });

  test("imports in no circles", () => {
    const importsOf = new Map(
      product.map(({ path, imports }) => [path.replace(/\.tsx?$/, ".js"), imports]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path))
        circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (trail.includes(path) || done.has(path)) return;
      for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of importsOf.keys()) visit(path, []);

    expect(done.size).toBeGreaterThan(400);
    expect(circles).toEqual([]);
  });

  test("has small files, few imports, and names that say what is inside", () => {
    // Tables, and what puts parts together; tests also import what they compare with.
    const mayImportMuch = /^(?:packages\/[^/]+\/)?tests\/|\/(?:registry|product)\.ts$/;
    const found = offences(sources, ({ path, text }) => [
      ...(text.split("\n").length > 251 ? ["more than 250 lines"] : []),
      ...(mayImportMuch.test(path) || countImports(text) <= 15 ? [] : ["more than 15 imports"]),
      ...(/\b(?:utils?|helpers?|shared|misc|types)\b/.exec(path) ?? []),
      ...(/^[a-z0-9-]+(?:\.test|\.d)?\.tsx?$/.test(basename(path)) ? [] : ["not kebab-case"]),
    ]);

    expect(found).toEqual([]);
  });

  test("keeps no state in modules", () => {
    const modules = sources.filter(({ path }) => !/^bench\/|\.test\.ts$/.test(path));

    expect(offences(modules, ({ text }) => /^(?:export )?let .*/m.exec(text) ?? [])).toEqual([]);
  });

  test("switches no check off, leaves nothing for later, and skips no test", () => {
    const forbidden = new RegExp(
      [
        "eslint-" + "disable",
        "@ts-" + "(?:ignore|expect-error|nocheck)",
        "\\b(?:TO" + "DO|FIX" + "ME)\\b",
        "\\b(?:test|describe|it)\\.(?:only|todo)\\b",
        "\\bjest\\.mock\\b",
      ].join("|"),
    );

    // The one place that skips: tests which need a program that is missing.
    const skips = /\b(?:test|describe|it)\.skip\b/;
    const found = offences(sources, ({ path, text }) => [
      ...(forbidden.exec(text) ?? []),
      ...(path === "tests/support/needs.ts" ? [] : (skips.exec(text) ?? [])),
    ]);

    expect(found).toEqual([]);
  });
});
