import { describe, expect, test } from "@jest/globals";
import type { JobDoc, JobItemDoc } from "../../../common/jobs/job.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { listTree, makeTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const db = () => world().mongo.db;
const jobs = () => db().collection<JobDoc>("jobs");
const neverAborted = new AbortController().signal;

const TREE = { a: { "1.txt": "one", b: { "2.txt": "two", c: {} }, "3.txt": "three" } };

async function begin(client: Client) {
  await makeTree(client, TREE);
  await world().settle();
  const id = (await listTree(client))["a"]?.id;
  const { json } = await client.post(`/api/v1/folders/${id}/copy`, { name: "copy" });
  const job = await jobs().findOne({ _id: json.id });
  return { target: { ownerId: job?.ownerId ?? "", jobId: json.id }, path: json.links.job };
}

/** Dead processes keep nobody away any more. */
async function endLeases() {
  const ended = { $set: { leaseUntil: new Date(0) } };
  await jobs().updateMany({}, ended);
  await db().collection<UploadDoc>("uploads").updateMany({}, ended);
}

async function expectWholeCopy(client: Client, jobPath: string) {
  await endLeases();
  await world().settle();
  await world().sweep();
  const { json } = await client.get(jobPath);
  expect(json).toMatchObject({ state: "succeeded", progress: { done: 6, failed: 0, total: 6 } });
  const tree = await listTree(client);
  expect(Object.keys(tree).sort()).toEqual(["a", "copy"]);
  expect(tree["copy"]?.content).toEqual(TREE.a);
  expect(await client.usage()).toMatchObject({ bytes: 22, files: 6, reservedBytes: 0 });
  expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  const items = db().collection<JobItemDoc>("jobItems");
  expect(await items.countDocuments({ jobId: json.id })).toBe(6);
}

describe("A copy of a folder", () => {
  test("is whole and made once, after whatever command its workers die", async () => {
    const client = await world().member();
    const { target, path } = await begin(client);

    // Each one does what those before it have done, and then some more.
    for (let diesAfter = 3; diesAfter < 120; diesAfter += 9) {
      const process = await MortalProcess.start(world(), diesAfter);
      await process.run(() => process.product.jobRunner.run(target, neverAborted));
      await endLeases();
    }

    await expectWholeCopy(client, path);
  }, 120_000);

  test("is made once by workers that all take themselves for the only one", async () => {
    const client = await world().member();
    const { target, path } = await begin(client);

    const work = async () => {
      await endLeases();
      await world().jobs.jobRunner.run(target, neverAborted);
    };
    await Promise.allSettled(Array.from({ length: 6 }, work));

    await expectWholeCopy(client, path);
  });
});
