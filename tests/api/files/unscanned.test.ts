import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { FileJson } from "../../support/answer-json.js";
import { useClamd } from "../../support/clamd.js";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { findSevenZip } from "../../support/programs.js";
import { useWorld } from "../../support/use-world.js";
import { World, type WorldConfig } from "../../support/world.js";
import { knock, openDoors, statusesOf } from "./doors.js";

const clamd = useClamd();
// A job that waits for the scanner fails until that is back.
const world = useWorld({ clamdUrl: clamd.unix }, { isDamaged: true });

const pipelineOf = async (client: Client, { id }: FileJson) => {
  const { state, pipeline } = (await client.get(`/api/v1/files/${id}/metadata`)).json;
  const scan = pipeline.find((each) => "step" in each && each.step === "scan");
  return { state, ...scan };
};

/** Does the job of a file, which may fail. */
async function processIn(one: World, { id }: FileJson) {
  const version = await one.mongo.db.collection("versions").findOne({ fileId: id });
  const { ownerId, _id } = version as unknown as { ownerId: string; _id: string };
  await one.jobs.pipeline.run(ownerId, _id, new AbortController().signal).catch(() => undefined);
}

/** A world of its own for one policy. */
async function inWorld<T>(changes: Partial<WorldConfig>, work: (one: World) => Promise<T>) {
  const one = await World.start(changes);
  try {
    return await work(one);
  } finally {
    await one.close();
  }
}

async function encryptedZip(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "stowage-zip-"));
  try {
    await writeFile(join(folder, "a.txt"), "hello");
    execFileSync(findSevenZip() ?? "7z", ["a", "-psecret", "a.zip", "a.txt"], { cwd: folder });
    return await readFile(join(folder, "a.zip"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const { describe, test } = needs("clamd", "7-Zip");

describe("Without a scanner", () => {
  test("content is served, and says that it was not scanned", async () => {
    await inWorld({}, async (one) => {
      const client = await one.member();
      const file = await client.store("a", "hello");
      await one.settle();

      const scan = { state: "ready", outcome: "skipped", reason: "switched off" };
      expect(await pipelineOf(client, file)).toMatchObject(scan);
    });
  });
});

const TOO_LARGE = "too large for the virus scanner";
const ENCRYPTED = "encrypted: the virus scanner cannot look inside";
const AWAY = "the virus scanner does not answer";

const KINDS = {
  "too large": {
    reason: TOO_LARGE,
    make: () => Promise.resolve(Buffer.alloc(1001)),
    setting: "scanTooLarge",
  },
  encrypted: { reason: ENCRYPTED, make: encryptedZip, setting: "scanEncrypted" },
} as const;

describe.each(["too large", "encrypted"] as const)("Content that is %s", (kind) => {
  const { reason, make, setting } = KINDS[kind];

  test.each([
    ["pass-marked", { state: "ready", outcome: "skipped" }, 200],
    ["hold", { state: "quarantined", outcome: "quarantine" }, 423],
    ["refuse", { state: "failed", outcome: "failed" }, 423],
  ] as const)("with %s is %j", async (policy, end, status) => {
    const settings = { clamdUrl: clamd.unix, clamdMaxBytes: 1000, [setting]: policy };
    await inWorld(settings, async (one) => {
      const client = await one.member();
      const file = await client.store("a", await make());
      await one.settle();

      expect(await pipelineOf(client, file)).toMatchObject({ ...end, reason });
      expect((await client.get(`/api/v1/files/${file.id}`)).status).toBe(status);
    });
  });
});

describe("While the scanner does not answer", () => {
  const away = { clamdUrl: { path: "/nowhere/clamd.sock" } };

  test("content is held: no door serves it, and it waits visibly for its scan", async () => {
    await inWorld(away, async (one) => {
      const owner = await one.member();
      const file = await owner.store("a", "hello");
      const doors = await openDoors(one, { owner, file });
      await processIn(one, file);

      const waiting = { state: "processing", outcome: "retry", reason: AWAY, attempts: 0 };
      expect(await pipelineOf(owner, file)).toMatchObject(waiting);
      const answers = await knock(doors);
      expect(new Set(Object.values(statusesOf(answers)))).toEqual(new Set([503]));
      const waits = Object.values(answers).map(({ headers }) => headers["retry-after"]);
      expect(new Set(waits)).toEqual(new Set(["2"]));
      const archive = await owner.post("/api/v1/archives", { ids: [file.id] });
      expect(archive.json).toMatchObject({ entryCount: 0 });
    });
  });

  test.each([
    ["pass-marked", { state: "ready", outcome: "skipped" }, 200],
    ["refuse", { state: "failed", outcome: "failed" }, 423],
  ] as const)("content with %s is %j", async (policy, end, status) => {
    await inWorld({ ...away, scanUnavailable: policy }, async (one) => {
      const client = await one.member();
      const file = await client.store("a", "hello");
      await one.settle();

      expect(await pipelineOf(client, file)).toMatchObject({ ...end, reason: AWAY });
      expect((await client.get(`/api/v1/files/${file.id}`)).status).toBe(status);
    });
  });

  test("content waits, and is scanned when the scanner is back", async () => {
    const client = await world().member();
    await clamd.kill();
    const file = await client.store("a", "hello");
    await processIn(world(), file);
    const held = await client.get(`/api/v1/files/${file.id}`);

    await clamd.restart();
    await world().settle();

    expect(held.status).toBe(503);
    expect(await pipelineOf(client, file)).toMatchObject({ state: "ready", outcome: "done" });
    expect((await client.get(`/api/v1/files/${file.id}`)).bytes.toString()).toBe("hello");
  });
});
