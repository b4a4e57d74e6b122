import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "@jest/globals";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { eventually } from "../support/eventually.js";
import { memoryBytes, openFileCount } from "../support/process-figures.js";
import { StreamingClient } from "../support/streaming-client.js";

const MIB = 1024 ** 2;
const READERS = 64;
const SIZE_BYTES = 16 * MIB;
/** The five after the first have a median. */
const ROUNDS = 6;

/** The chunks that were read ahead, what the socket buffers, and garbage. Usually 0.6 to 1.7 MiB. */
const MOST_BYTES_PER_READER = 3 * MIB;

let deployment: Deployment;

afterEach(() => deployment.close());

test("Clients that stop reading cost a few MiB each, which are used again when they are gone", async () => {
  deployment = await Deployment.prepare();
  await deployment.startPart("web");
  const { pid } = deployment.process("web");
  const client = await StreamingClient.register(deployment.url);
  const content = makeContent(SIZE_BYTES);
  const { json } = await client.put("large", content.bytes(), content.sizeBytes);

  /** Begins so many downloads at once, reads nothing of them, and leaves. @returns What the process has before they leave. */
  async function stall(): Promise<number> {
    const openFiles = openFileCount(pid);
    const responses: IncomingMessage[] = [];
    for (let n = 0; n < READERS; n += 1) {
      responses.push(await client.send({ method: "GET", path: `/api/v1/files/${json.id}` }));
    }
    const held = memoryBytes(pid, "VmRSS");
    for (const response of responses) response.destroy();
    // The process has noticed that they are gone; it keeps some more connections to MongoDB.
    await eventually(
      () => openFileCount(pid),
      (count) => count < openFiles + READERS / 2,
    );
    return held;
  }
  await client.download(json.id);
  const before = memoryBytes(pid, "VmRSS");
  const rounds: number[] = [];
  while (rounds.length < ROUNDS) rounds.push(await stall());

  const [first = 0, ...later] = rounds;
  expect((first - before) / READERS).toBeLessThan(MOST_BYTES_PER_READER);
  // If nothing were given back, each round would add as much as the first: some 40 MiB. The garbage collector may let one round add that.
  const added = later.map((held, index) => held - (rounds[index] ?? 0)).sort((a, b) => a - b);
  expect(added[Math.floor(added.length / 2)]).toBeLessThan((READERS * MIB) / 4);
}, 300_000);
