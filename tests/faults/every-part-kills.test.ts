import { afterEach, expect } from "@jest/globals";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { FileJson } from "../support/answer-json.js";
import { ClamdServer } from "../support/clamd.js";
import { Deployment, type PartName } from "../support/deployment.js";
import type { EventJson } from "../support/events.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { newId } from "../../common/platform/ids.js";
import { isLong } from "../support/long.js";
import { needs } from "../support/needs.js";
import { built } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";
import { type SentBody, WebhookReceiver } from "../support/webhook-receiver.js";
import { WatchedProcess } from "../support/watched-process.js";
import { type MixedFile, mixedFile } from "./mixed-files.js";

const KILLS = isLong ? 50 : 6;
const FILES = isLong ? 500 : 42;
const UPLOADS_AT_ONCE = 3;
/** Between two files of one loop: so there are uploads as long as there are kills. */
const LONGEST_PAUSE_MS = 800;
/** Each is killed as often as the others, in another order each time. */
const VICTIMS = ["web", "worker", "mongo", "redis", "clamd", "media"] as const;
type Victim = (typeof VICTIMS)[number];
/** How long what has become of all files may take to be known. */
const WAIT_MS = isLong ? 900_000 : 120_000;

const { test } = needs("clamd", "redis-server");

const clamd = new ClamdServer();
let deployment: Deployment | undefined;

let receiver: WebhookReceiver | undefined;

afterEach(async () => {
  await receiver?.close();
  await deployment?.close();
  await clamd.stop();
});

const running = (): Deployment => {
  if (deployment === undefined) throw new Error("Nothing runs");
  return deployment;
};

test(
  `Every file that was acknowledged is whole, known and told of, although every part is killed: ${KILLS} kills`,
  async () => {
    await start();
    const client = await StreamingClient.register(running().url);
    await makeWebhook(client);
    const files = await storeWhileKilling(client);

    const found = await untilOver(client);
    const events = await eventsOf(client);
    for (const file of files) {
      const { id = "" } = found.get(file.name) ?? {};
      expect(await factsOf(client, id, file)).toEqual(expectedFacts(file));
      const types = events.filter(({ entry }) => entry?.id === id).map(({ type }) => type);
      expect(types).toEqual(expect.arrayContaining(["file.created", `file.${file.state}`]));
    }
    expect(found.size).toBe(FILES);
    await untilDelivered(events);
    expect(await running().leftovers(WAIT_MS)).toEqual(NOTHING_LEFT);
    expect(await fsck()).toEqual([0, expect.anything()]);
  },
  KILLS * 10_000 + 3 * WAIT_MS,
);

async function start(): Promise<void> {
  await clamd.start();
  const scanner = { CLAMD_URL: clamd.url, SCAN_UNAVAILABLE: "hold" };
  const settings = { ...scanner, PREVIEWS: "on", WEBHOOK_ALLOW_PRIVATE: "true" };
  deployment = await Deployment.start({ owns: ["mongo", "redis"], settings });
}

/** Makes a webhook that gets all events, to a receiver that is always there. */
async function makeWebhook(client: StreamingClient): Promise<void> {
  receiver = await WebhookReceiver.start();
  receiver.answer = () => ({ status: 204 });
  const { status } = await client.ask({
    ...{ method: "POST", path: "/api/v1/webhooks" },
    headers: { "Content-Type": "application/json" },
    body: [Buffer.from(JSON.stringify({ url: receiver.url }))],
  });
  expect(status).toBe(201);
}

/** @throws when an event never arrives at the webhook. */
async function untilDelivered(events: readonly EventJson[]): Promise<void> {
  await untilAnswered(() => {
    const ids = new Set(
      receiver?.requests.map(({ body }) => (JSON.parse(body) as SentBody).data.id),
    );
    // The account was made before its webhook.
    const missing = events.filter(({ id, entry }) => entry !== undefined && !ids.has(id));
    return Promise.resolve(missing.length === 0 || undefined);
  }, WAIT_MS);
}

/** @returns What was stored: each file was acknowledged. */
async function storeWhileKilling(client: StreamingClient): Promise<MixedFile[]> {
  const files: MixedFile[] = [];
  let next = 0;
  const storeSome = async () => {
    for (let n = next++; n < FILES; n = next++) {
      files.push(await store(client, n));
      await sleep(randomInt(LONGEST_PAUSE_MS));
    }
  };
  const storing = Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, storeSome));
  for (const victim of victims()) {
    await sleep(randomInt(50, 600));
    await killAndStart(victim);
  }
  await storing;
  return files;
}

/** As many as there are kills: all of them, again and again. */
function victims(): Victim[] {
  const rounds = Array.from({ length: Math.ceil(KILLS / VICTIMS.length) }, shuffled);
  return rounds.flat().slice(0, KILLS);
}

function shuffled(): Victim[] {
  const ranked = VICTIMS.map((victim) => ({ victim, rank: randomInt(1000) }));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ victim }) => victim);
}

async function killAndStart(victim: Victim): Promise<void> {
  if (victim === "media") killMedia();
  else if (victim === "clamd") {
    await clamd.kill();
    await sleep(randomInt(300));
    await clamd.restart();
  } else await killPart(victim);
}

async function killPart(part: PartName): Promise<void> {
  await running().kill(part);
  await sleep(randomInt(300));
  await running().startPart(part);
}

/** Ends what decodes contents for the worker, if it runs just now. */
function killMedia(): void {
  const { pid } = running().process("worker");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  for (const child of children.split(" ").filter(Boolean)) process.kill(Number(child), "SIGKILL");
}

/** As a client does that does not give up: the same request again, until it is answered. */
async function store(client: StreamingClient, n: number): Promise<MixedFile> {
  const file = await mixedFile(n);
  const key = newId();
  await untilAnswered(async () => {
    const { status } = await client.ask({
      method: "PUT",
      path: `/api/v1/files?name=${file.name}`,
      headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": key },
      body: [file.bytes],
    });
    return status < 300 || undefined;
  }, WAIT_MS);
  return file;
}

/** @returns The files by name, once it is known what became of each. */
function untilOver(client: StreamingClient): Promise<Map<string, FileJson>> {
  return untilAnswered(async () => {
    const files = await client.list();
    const isOver = files.every(({ state }) => state !== "processing");
    return isOver ? new Map(files.map((file) => [file.name, file])) : undefined;
  }, WAIT_MS);
}

async function factsOf(client: StreamingClient, id: string, { state, hasPreview }: MixedFile) {
  const path = `/api/v1/files/${id}`;
  const { json } = await client.ask({ method: "GET", path: `${path}/metadata` });
  const facts = { state: json.state, type: json.type, sha256: json.sha256 };
  if (state !== "ready") return facts;
  const preview = await client.ask({ method: "HEAD", path: `${path}/preview` });
  const content = await client.download(id);
  return { ...facts, content: content.sha256, ...(hasPreview && { preview: preview.status }) };
}

function expectedFacts({ state, type, sha256, hasPreview }: MixedFile) {
  const facts = { state, type, sha256 };
  if (state !== "ready") return facts;
  return { ...facts, content: sha256, ...(hasPreview && { preview: 200 }) };
}

async function eventsOf(client: StreamingClient): Promise<EventJson[]> {
  const events: EventJson[] = [];
  for (let since = 0, hasMore = true; hasMore;) {
    const path = `/api/v1/changes?limit=1000&since=${since}`;
    const { json } = await client.ask({ method: "GET", path });
    events.push(...(json.items as readonly unknown[] as readonly EventJson[]));
    ({ nextSince: since, hasMore } = json);
  }
  return events;
}

/** @returns How a check of all that is stored ends, and what it prints. */
async function fsck(): Promise<readonly [code: unknown, output: string]> {
  const env = { ...process.env, ...running().settings };
  const program = built("common/maintenance/fsck");
  const check = new WatchedProcess(process.execPath, [program, "--deep"], { env });
  return [await check.untilEnded(), check.output];
}
