import { describe, expect, test } from "@jest/globals";
import type { JobDoc } from "../../../common/jobs/job.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { listTree, makeTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const jobs = () => world().mongo.db.collection<JobDoc>("jobs");
const neverAborted = new AbortController().signal;

/** A job that nobody has begun. @returns its id. */
async function begin(client: Client, name = "a"): Promise<string> {
  const { id } = await client.makeFolder(name);
  await client.put(`/api/v1/files?folderId=${id}&name=file`, "bytes");
  return (await client.post(`/api/v1/folders/${id}/copy`, {})).json.id;
}

const show = async (client: Client, id: string) => (await client.get(`/api/v1/jobs/${id}`)).json;

async function finished(client: Client, id: string) {
  await world().settle();
  return show(client, id);
}

async function run(id: string, signal = neverAborted): Promise<void> {
  const job = await jobs().findOne({ _id: id });
  await world().jobs.jobRunner.run({ ownerId: job?.ownerId ?? "", jobId: id }, signal);
}

describe("GET /jobs", () => {
  test("lists the jobs of the account, the latest first, in pages", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const ids = [await begin(client, "a"), await begin(client, "b"), await begin(client, "c")];
    await begin(other);

    const first = (await client.get("/api/v1/jobs?limit=2")).json;
    const second = (await client.get(`/api/v1/jobs?cursor=${first.nextCursor}`)).json;

    const listed = [...first.items, ...second.items].map(({ id }) => id);
    expect(listed).toEqual(ids.toReversed());
    expect(second.nextCursor).toBeNull();
  });

  test("shows a key that may not leave a folder what was made with the same folder alone", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("in");
    const inner = await client.makeFolder("inner", folder.id);
    const terms = { rootFolderId: folder.id };
    const scopes = ["files:read", "files:write"];
    const [key, same] = [await client.makeKey(scopes, terms), await client.makeKey(scopes, terms)];
    const outside = await begin(client);
    const { json } = await key.client.post(`/api/v1/folders/${inner.id}/copy`, {});

    const listed = (await same.client.get("/api/v1/jobs")).json.items.map(({ id }) => id);

    expect(listed).toEqual([json.id]);
    for (const path of [`/api/v1/jobs/${outside}`, `/api/v1/jobs/${outside}/items`]) {
      expect((await key.client.get(path)).status).toBe(404);
    }
    expect((await key.client.delete(`/api/v1/jobs/${outside}`)).status).toBe(404);
    expect((await client.get("/api/v1/jobs")).json.items).toHaveLength(2);
  });
});

describe("GET /jobs/{id}", () => {
  test("answers 404 for the jobs of others and for none, and 401 to nobody", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const id = await begin(other);

    expect((await client.get(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await client.get(`/api/v1/jobs/${id}/items`)).status).toBe(404);
    expect((await client.delete(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await client.get(`/api/v1/jobs/${newId()}`)).status).toBe(404);
    expect((await client.get("/api/v1/jobs/x")).status).toBe(404);
    expect((await client.get(`/api/v1/jobs/${id}/items?cursor=x`)).status).toBe(404);
    expect((await other.get(`/api/v1/jobs/${id}/items?cursor=x`)).status).toBe(400);
    expect((await world().visitor().get(`/api/v1/jobs/${id}`)).status).toBe(401);
  });

  test("does not find a job that was finished too long ago", async () => {
    const client = await world().member();
    const id = await begin(client);
    await world().settle();
    await jobs().updateOne({ _id: id }, { $set: { expiresAt: new Date(1000) } });

    expect((await client.get(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await client.get("/api/v1/jobs")).json.items).toEqual([]);
  });
});

describe("DELETE /jobs/{id}", () => {
  test("cancels a job that waits, which then does nothing, and forgets it the second time", async () => {
    const client = await world().member();
    const id = await begin(client);

    const { status } = await client.delete(`/api/v1/jobs/${id}`);
    await run(id);

    expect(status).toBe(204);
    expect(await finished(client, id)).toMatchObject({ state: "cancelled", result: null });
    expect(Object.keys(await listTree(client))).toEqual(["a"]);
    expect((await client.delete(`/api/v1/jobs/${id}`)).status).toBe(204);
    expect((await client.get(`/api/v1/jobs/${id}`)).status).toBe(404);
  });

  test("stops a job between two batches, and what is done stays", async () => {
    const client = await world().member();
    await makeTree(client, { a: Object.fromEntries(manyFiles(110)) });
    const { id: folderId } = (await listTree(client))["a"] ?? {};
    const { id } = (await client.post(`/api/v1/folders/${folderId}/copy`, {})).json;
    await run(id, abortedAfter(2));
    const { state, progress } = await show(client, id);

    await client.delete(`/api/v1/jobs/${id}`);
    const job = await finished(client, id);

    expect({ state, progress }).toMatchObject({ state: "running", progress: { total: null } });
    expect(job).toMatchObject({ state: "cancelled", progress });
    const copied = (await listTree(client))["a (2)"]?.content ?? {};
    expect(Object.keys(copied)).toHaveLength(progress.done - 1);
    expect(progress.done).toBeGreaterThan(1);
    expect(progress.done).toBeLessThan(111);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });
});

/** The signal of a worker that is to stop after some batches. */
function abortedAfter(batches: number): AbortSignal {
  const { signal } = new AbortController();
  let asked = 0;
  Object.defineProperty(signal, "aborted", { get: () => (asked += 1) > batches });
  return signal;
}

const manyFiles = (count: number) =>
  Array.from({ length: count }, (_, n) => [String(n).padStart(4, "0"), `${n}`] as const);

describe("A job", () => {
  test("is refused with 409 while 20 others are not finished", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("a");
    const copy = () => client.post(`/api/v1/folders/${id}/copy`, {});
    for (let n = 0; n < 20; n += 1) expect((await copy()).status).toBe(202);

    const { status, json } = await copy();
    await world().settle();

    expect([status, json.code]).toEqual([409, "too-many-jobs"]);
    expect((await copy()).status).toBe(202);
  });

  test("fails when its account is disabled, and does nothing more", async () => {
    const client = await world().member();
    const id = await begin(client);

    await world().disable(client);
    await run(id);

    const job = await jobs().findOne({ _id: id });
    expect(job).toMatchObject({ state: "failed", problem: { code: "account-disabled" } });
    const copies = { ownerId: job?.ownerId, name: "a (2)" };
    expect(await world().mongo.db.collection("entries").countDocuments(copies)).toBe(0);
  });

  test("fails when its account may not write any more", async () => {
    const client = await world().member();
    const id = await begin(client);

    await world().setRole(client, "viewer");

    expect(await finished(client, id)).toMatchObject({
      state: "failed",
      problem: { code: "insufficient-scope" },
    });
  });

  test("fails when the key that made it is revoked", async () => {
    const client = await world().member();
    const { id, client: key } = await client.makeKey(["files:read", "files:write"]);
    const jobId = await begin(key);

    await client.delete(`/api/v1/api-keys/${id}`);

    expect(await finished(client, jobId)).toMatchObject({
      state: "failed",
      problem: { code: "unauthenticated" },
    });
  });

  test("fails when the key that made it loses a scope, and gains nothing when it gets one", async () => {
    const client = await world().member();
    const { id, client: key } = await client.makeKey(["files:read", "files:write"]);
    const jobId = await begin(key);

    await client.patch(`/api/v1/api-keys/${id}`, { scopes: ["files:read"] });

    expect(await finished(client, jobId)).toMatchObject({
      state: "failed",
      problem: { code: "insufficient-scope" },
    });
  });

  test("goes on when the session that made it ends", async () => {
    const client = await world().member();
    const id = await begin(client);

    await client.post("/api/v1/logout");
    await world().settle();

    const job = await jobs().findOne({ _id: id });
    expect(job?.state).toBe("succeeded");
  });

  test("is given up when its workers die of it again and again", async () => {
    const client = await world().member();
    const id = await begin(client);
    await jobs().updateOne({ _id: id }, { $set: { state: "running", attempts: 5 } });

    expect(await finished(client, id)).toMatchObject({
      state: "failed",
      problem: { code: "internal-error" },
    });
  });

  test("is queued again by the sweep when Redis has lost it, and its worker is gone", async () => {
    const client = await world().member();
    const id = await begin(client);
    const job = await jobs().findOneAndUpdate(
      { _id: id },
      { $set: { state: "running", fencingToken: 3, leaseUntil: new Date(1000) } },
    );
    const key = `${world().config.redisPrefix}:jobs:job.run-${job?._id}-3`;
    expect(await world().redis.exists(key)).toBe(0);

    await world().sweep();

    await eventually(
      () => world().redis.exists(key),
      (count) => count === 1,
    );
  });
});
