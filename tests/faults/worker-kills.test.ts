import { afterEach, describe, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { VersionDoc } from "../../common/versions/version.js";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { until } from "../support/watched-process.js";
import { untilAnswered } from "../support/eventually.js";

import { StreamingClient } from "../support/streaming-client.js";
import { Load } from "./load.js";
import { isLong } from "../support/long.js";

const KILLS = isLong ? 50 : 2;
const MOST_ATTEMPTS = 5;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Waits, as long as there is progress, until it is known what became of every file. @returns The names by state. */
async function finalStates(client: StreamingClient): Promise<Map<string, string[]>> {
  let fewest = Number.POSITIVE_INFINITY;
  for (;;) {
    // Half of what is left has to be done before the time limit of one look is over.
    const names = await untilAnswered(async () => {
      const found = await namesByState(client);
      const waiting = found.get("processing")?.length ?? 0;
      return waiting === 0 || waiting <= fewest / 2 ? found : undefined;
    });
    fewest = names.get("processing")?.length ?? 0;
    if (fewest === 0) return names;
  }
}

async function namesByState(client: StreamingClient): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  for (const { name, state } of await client.list()) {
    names.set(state, [...(names.get(state) ?? []), name]);
  }
  return names;
}

test(
  `A worker that is killed ${KILLS} times in the middle of its jobs leaves all of them done, and usage exact`,
  async () => {
    deployment = await Deployment.start({ settings: { PREVIEWS: "on" } });
    const client = await StreamingClient.register(deployment.url);
    const load = new Load(client, { maxBytes: 200_000 }).start(4);

    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(randomInt(50, 400));
      await deployment.kill("worker");
      await deployment.startPart("worker");
    }
    await load.stop();

    expect([...(await finalStates(client)).keys()]).toEqual(["ready"]);
    expect(await deployment.leftovers(isLong ? 300_000 : undefined)).toEqual(NOTHING_LEFT);
    expect(await load.faults()).toEqual([]);
  },
  KILLS * 6000 + 120_000,
);

describe("content that ends every process that reads it", () => {
  test("is `failed` after five attempts, and other files become `ready` meanwhile", async () => {
    deployment = await Deployment.prepare({ owns: ["mongo"], hasProxy: true });
    await deployment.startPart("web");
    const client = await StreamingClient.register(deployment.url);
    await client.put("poison", makeContent(1000).bytes());
    const attempts = killWhoeverReads(await onlyBlobId());

    await deployment.startPart("worker");
    await until(() => attempts.count > 0);
    await client.put("harmless", makeContent(1000).bytes());

    const states = await finalStates(client);
    expect(Object.fromEntries(states)).toEqual({ failed: ["poison"], ready: ["harmless"] });
    expect(attempts.count).toBe(MOST_ATTEMPTS);
    // Six starts of a worker: half a minute, and more on a busy machine.
  }, 400_000);
});

async function onlyBlobId(): Promise<Buffer> {
  const version = await deployment.withDb((db) => db.collection<VersionDoc>("versions").findOne());
  return Buffer.from(version?.blobId.id ?? []);
}

/** Kills the worker as soon as it asks for the content of a blob, and starts it again: the content ends its process. */
function killWhoeverReads(blobId: Buffer): { readonly count: number } {
  const attempts = { count: 0 };
  deployment.proxy.judge = (bytes) => {
    const isRead = ["blobs.chunks", "$in", blobId].every((part) => bytes.includes(part));
    if (!isRead) return "pass";
    attempts.count += 1;
    void deployment.kill("worker").then(() => deployment.startPart("worker"));
    return "hold";
  };
  return attempts;
}
