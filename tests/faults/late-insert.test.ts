import { afterEach, expect, test } from "@jest/globals";
import { Deployment } from "../support/deployment.js";
import { eventually } from "../support/eventually.js";
import { StreamingClient } from "../support/streaming-client.js";

const MIB = 1024 ** 2;

/** More than a web process needs to notice that its client is gone. */
const ROUND_TRIPS = 50;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Delays the first insert of chunks on its way to MongoDB. @returns Resolves when it is. */
function delayInsert(): Promise<void> {
  return new Promise((resolve) => {
    deployment.proxy.judge = (bytes) => {
      if (!["insert", "blobs.chunks", "documents"].every((part) => bytes.includes(part)))
        return "pass";
      deployment.proxy.judge = () => "pass";
      resolve();
      return "delay";
    };
  });
}

/** The beginning of a body; its sender goes away when something has happened. */
async function* cutOff(when: Promise<void>): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.alloc(4 * MIB, "x");
  await when;
  throw new Error("The client is gone");
}

const countOf = (collection: string) =>
  deployment.withDb((db) => db.collection(collection).countDocuments());

test("chunks that land after their client went away are removed by their own web process, without any sweep", async () => {
  deployment = await Deployment.prepare({ owns: ["mongo"], hasProxy: true });
  await deployment.startPart("web");
  const client = await StreamingClient.register(deployment.url);
  const isDelayed = delayInsert();

  await expect(client.put("a", cutOff(isDelayed))).rejects.toThrow();
  for (let n = 0; n < ROUND_TRIPS; n += 1) await client.get("/api/v1/files");
  deployment.proxy.release();

  await eventually(
    () => countOf("uploads"),
    (count) => count === 0,
  );
  expect(await countOf("blobs.chunks")).toBe(0);
  expect(await client.list()).toEqual([]);
});
