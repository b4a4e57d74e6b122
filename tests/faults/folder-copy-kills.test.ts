import { afterEach, expect, test } from "@jest/globals";
import { Client } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { listTree, makeTree, type Tree } from "../support/trees.js";

const KILLS = 5;
const FOLDERS = 12;
const FILES = 24;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Some 300 files in folders that lie inside each other, and empty folders. */
const tree = (): Tree =>
  Object.fromEntries(
    Array.from({ length: FOLDERS }, (_, n) => [`folder ${n}`, { files: files(n), empty: {} }]),
  );

const files = (n: number): Tree =>
  Object.fromEntries(Array.from({ length: FILES }, (_, m) => [`${m}.txt`, `${n} ${m}`]));

test(
  `A copy of a folder whose worker is killed ${KILLS} times equals the folder, and usage is exact`,
  async () => {
    deployment = await Deployment.start();
    const client = new Client(deployment.url);
    await client.register();
    await makeTree(client, { original: tree() });
    const id = (await client.get("/api/v1/folders/root/children")).json.items[0]?.id;
    const { json } = await client.post(`/api/v1/folders/${id}/copy`, { name: "copy" });
    const show = async () => (await client.get(json.links.job)).json;

    for (let kill = 0; kill < KILLS; kill += 1) {
      const { progress } = await show();
      // It has come further, or is at its end.
      await untilAnswered(async () => {
        const now = await show();
        return now.progress.done > progress.done || now.state !== "running" ? now : undefined;
      });
      await deployment.kill("worker");
      await deployment.startPart("worker");
    }
    const job = await untilAnswered(async () => {
      const now = await show();
      return now.finishedAt === null ? undefined : now;
    });

    const all = 1 + FOLDERS * (3 + FILES);
    expect(job).toMatchObject({ state: "succeeded", progress: { done: all, failed: 0 } });
    const found = await listTree(client);
    expect(found["copy"]?.content).toEqual(found["original"]?.content);
    expect(Object.keys(found)).toHaveLength(2);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  },
  KILLS * 10_000 + 180_000,
);
