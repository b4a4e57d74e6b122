import { randomBytes } from "node:crypto";
import { afterEach, expect } from "@jest/globals";
import { Client } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { EventReader } from "../support/event-reader.js";
import { changesOf } from "../support/events.js";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { memoryBytes } from "../support/process-figures.js";
import { freePort, startPart } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";
import type { WatchedProcess } from "../support/watched-process.js";

const MIB = 1024 ** 2;
const { describe, test } = needs("redis-server");

/** Usually some 7 MiB, with the garbage that the other clients make. All that there is to tell are 33 MiB. */
const MOST_BYTES_PER_CLIENT = 12 * MIB;

let deployment: Deployment;
let other: WatchedProcess | undefined;
let reader: EventReader | undefined;

afterEach(async () => {
  reader?.close();
  await other?.stop("SIGKILL");
  await deployment.close();
});

/** Starts a web process beside that of the deployment. */
async function startWeb(port: number): Promise<WatchedProcess> {
  const web = startPart("api", { ...deployment.settings, PORT: String(port) });
  await web.untilPrinted("The web process is ready");
  return web;
}

const namesIn = (events: EventReader["events"]) => events.map(({ data }) => data.entry?.name);

describe("A stream of events", () => {
  test("tells of what other processes do, with and without Redis, and resumes without a gap after a restart", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const port = await freePort();
    const there = `http://127.0.0.1:${port}`;
    other = await startWeb(port);
    const client = new Client(deployment.url);
    await client.register();
    const headers = { Cookie: client.cookie };
    reader = await EventReader.open({ url: there, headers });

    await client.store("by-worker.txt", "hello");
    await eventually(
      () => (reader?.events ?? []).map(({ event }) => event),
      (types) => types.includes("file.ready"),
    );

    await deployment.kill("redis");
    await client.makeFolder("without-redis");
    await eventually(
      () => namesIn(reader?.events ?? []),
      (names) => names.includes("without-redis"),
    );

    await deployment.startPart("redis");
    const stopped = other.stop("SIGTERM");
    await reader.untilOver();
    expect(reader.isComplete).toBe(true);
    await stopped;
    await client.makeFolder("meanwhile");
    other = await startWeb(port);
    const before = reader.events;
    reader = await EventReader.open({
      url: there,
      headers: { ...headers, "Last-Event-ID": reader.lastId },
    });
    await client.makeFolder("afterwards");
    await reader.until(2);

    expect(namesIn(reader.events)).toEqual(["meanwhile", "afterwards"]);
    const all = [...before, ...reader.events].map(({ data }) => data);
    expect(all).toEqual(await changesOf(client));
  }, 120_000);

  test("costs little for clients that do not read, however much there is to tell", async () => {
    const count = 15_000;
    deployment = await Deployment.prepare();
    await deployment.startPart("web");
    const client = await StreamingClient.register(deployment.url);
    const { id: ownerId } = await client.get("/api/v1/me");
    await fillLog(ownerId, count);
    const { pid } = deployment.process("web");
    const query = "?since=0";
    const readAll = async () => {
      const headers = { Cookie: client.cookie };
      reader = await EventReader.open({ url: deployment.url, query, headers });
      await eventually(
        () => reader?.text.includes(`id: ${count}\n`),
        (isAll) => isAll === true,
      );
      reader.close();
    };
    await readAll();
    const before = memoryBytes(pid, "VmRSS");

    const answers = await Promise.all(
      Array.from({ length: 16 }, () =>
        client.send({ method: "GET", path: `/api/v1/events${query}` }),
      ),
    );
    for (const answer of answers) expect(answer.statusCode).toBe(200);
    // Another client gets all of it meanwhile, so these ones have had the time.
    await readAll();
    const held = memoryBytes(pid, "VmRSS") - before;

    expect(held / answers.length).toBeLessThan(MOST_BYTES_PER_CLIENT);
    for (const answer of answers) answer.destroy();
  }, 300_000);
});

/** Writes events of some KiB each into a log. */
async function fillLog(ownerId: string, count: number): Promise<void> {
  const name = "x".repeat(2000);
  const cause = { actor: null, door: "worker", requestId: null } as const;
  const events = Array.from({ length: count }, (_, index) => ({
    ...{ _id: randomBytes(16).toString("base64url") as never, ownerId, seq: index + 1 },
    ...{ type: "folder.created", at: new Date(), ...cause, entry: { id: "x", name } },
  }));
  await deployment.withDb((db) => db.collection("events").insertMany(events));
}
