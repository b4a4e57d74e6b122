import { describe, expect, test } from "@jest/globals";
import type { JobDoc } from "../../../common/jobs/job.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { API, give, people, type People } from "../../api/shares/people.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

const jobs = () => world().mongo.db.collection<JobDoc>("jobs");
const neverAborted = new AbortController().signal;

/** Dead processes keep nobody away any more. After some of them the job would be given up. */
async function endLeases() {
  const ended = { $set: { leaseUntil: new Date(0) } };
  await jobs().updateMany({}, { $set: { leaseUntil: new Date(0), attempts: 0 } });
  await world().mongo.db.collection<UploadDoc>("uploads").updateMany({}, ended);
}

type Operation = (all: People) => object;

const OPERATIONS: [string, Operation][] = [
  ["deletes", () => ({ op: "delete" })],
  ["moves", ({ folder }) => ({ op: "move", folderId: folder })],
  ["copies", ({ folder }) => ({ op: "copy", folderId: folder })],
];

/** Files of another account, and a job of an editor that does one thing to them. */
async function begin(operationOf: Operation) {
  const all = await people(world());
  await give(all, "editor");
  const put = (name: string) =>
    all.owner.put(`${API}/files?name=${name}&folderId=${all.inner}`, name);
  const ids = [all.file, (await put("b")).json.id, (await put("c")).json.id];
  await world().settle();
  const { json } = await all.guest.post(`${API}/jobs`, {
    selection: { ids },
    operation: operationOf(all),
  });
  const job = await jobs().findOne({ _id: json.id });
  return { all, target: { ownerId: job?.ownerId ?? "", jobId: json.id }, links: json.links };
}

describe("A job over what others own", () => {
  test.each(OPERATIONS)(
    "that %s says of all that they are done, after whatever command its workers die",
    async (_, operationOf) => {
      const { all, target, links } = await begin(operationOf);

      // Each one does what those before it have done, and then some more.
      for (let diesAfter = 3; diesAfter < 60; diesAfter += 4) {
        const process = await MortalProcess.start(world(), diesAfter);
        await process.run(() => process.product.jobRunner.run(target, neverAborted));
        await endLeases();
      }
      await world().settle();

      const { state, progress } = (await all.guest.get(links.job)).json;
      const { items } = (await all.guest.get(links.items)).json;
      expect(items.map(({ status, problem }) => [status, problem])).toEqual(
        Array.from({ length: 3 }, () => ["done", null]),
      );
      expect({ state, progress }).toMatchObject({
        state: "succeeded",
        progress: { done: 3, failed: 0 },
      });
    },
    120_000,
  );

  test("does not say of what was deleted that it was, where the account could not do it", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const other = (await all.owner.makeFolder("other")).id;
    const unseen = (await all.owner.put(`${API}/files?name=b&folderId=${other}`, "b")).json.id;
    for (const id of [all.file, unseen]) await all.owner.delete(`${API}/files/${id}`);

    const { json } = await all.guest.post(`${API}/jobs`, {
      selection: { ids: [all.file, unseen] },
      operation: { op: "delete" },
    });
    await world().settle();

    const { items } = (await all.guest.get(json.links.items)).json;
    const failed = { status: "failed", problem: { code: "not-found" } };
    expect(items).toMatchObject([failed, failed]);
  });
});
