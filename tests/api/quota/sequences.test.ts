import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { isLong } from "../../support/long.js";
import { useWorld } from "../../support/use-world.js";

const LIMIT = 3000;

const world = useWorld({ defaultQuotaBytes: LIMIT });

/** A file as the model knows it: its versions count, and the last one shows. */
interface ModelFile {
  readonly id: string;
  readonly path: string;
  readonly versions: string[];
}

interface Model {
  readonly files: Map<string, ModelFile>;
}

interface Real {
  readonly client: Client;
}

type Step = fc.AsyncCommand<Model, Real>;

const allFiles = ({ files }: Model) => [...files.values()];

const bytesIn = (model: Model) =>
  allFiles(model).reduce((sum, { versions }) => sum + versions.join("").length, 0);

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface Put {
  readonly name: string;
  readonly content: string;
  readonly onConflict: string;
}

/** Stores content under a name, which is a new file, another version, another name, or refused. */
const put = ({ name, content, onConflict }: Put): Step => ({
  check: () => true,
  run: async (model, { client }) => {
    const holder = model.files.get(name);
    const path = `/api/v1/files?name=${name}&onConflict=${onConflict}`;

    const { status, json } = await client.put(path, content);

    // Room of deleted files is free only when they are purged: a refusal may come early, a success never late.
    if (status === 507) return;
    expect(bytesIn(model) + content.length).toBeLessThanOrEqual(LIMIT);
    if (holder === undefined) {
      expect([status, json.name]).toEqual([201, name]);
    } else if (onConflict === "fail") {
      expect(status).toBe(409);
      return;
    } else if (onConflict === "version") {
      expect([status, json.id]).toEqual([200, holder.id]);
      holder.versions.push(content);
      return;
    }
    expect(model.files.has(json.name)).toBe(false);
    model.files.set(json.name, { id: json.id, path: json.links.content, versions: [content] });
  },
  toString: () => `put(${name}, ${content.length} bytes, ${onConflict})`,
});

const remove = (index: number): Step => ({
  check: ({ files }) => files.size > 0,
  run: async ({ files }, { client }) => {
    const [name, file] = [...files][index % files.size] ?? [];
    if (name === undefined || file === undefined) return;
    const answers = await Promise.all([client.delete(file.path), client.delete(file.path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    files.delete(name);
  },
  toString: () => `remove(${index})`,
});

/** Lets the worker do everything, after which usage is exact to the byte. */
const settle: Step = {
  check: () => true,
  run: async (model, { client }) => {
    await world().settle();
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
    expect(await client.usage()).toEqual({
      bytes: bytesIn(model),
      reservedBytes: 0,
      files: model.files.size,
      limitBytes: LIMIT,
    });
  },
  toString: () => "settle()",
};

const list: Step = {
  check: () => true,
  run: async ({ files }, { client }) => {
    const { json } = await client.get("/api/v1/files?sort=name");
    const listed = json.items.map(({ id, name, sha256: digest }) => ({ id, name, digest }));
    const expected = [...files].map(([name, { id, versions }]) => ({
      id,
      name,
      digest: sha256(versions.at(-1) ?? ""),
    }));
    expect(new Set(listed)).toEqual(new Set(expected));
  },
  toString: () => "list()",
};

const steps = [
  fc
    .tuple(
      fc.constantFrom("a", "b", "c"),
      fc.nat({ max: 900 }),
      fc.constantFrom("version", "rename", "fail"),
    )
    .map(([name, size, onConflict]) => put({ name, content: "x".repeat(size), onConflict })),
  fc.nat({ max: 9 }).map(remove),
  fc.constant(settle),
  fc.constant(list),
];

test(
  "Usage is exact after any sequence of uploads, new versions, renames and deletes",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: isLong ? 50 : 15 }), async (commands) => {
        const client = await world().member();
        const setup = () => ({ model: { files: new Map<string, ModelFile>() }, real: { client } });
        await fc.asyncModelRun(setup, [...commands, settle, list]);
      }),
      { numRuns: isLong ? 40 : 8 },
    );
  },
  isLong ? 900_000 : 60_000,
);
