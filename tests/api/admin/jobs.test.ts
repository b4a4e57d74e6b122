import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import type { JobOf } from "../../../common/queue/catalogue.js";
import type { FailedJobDoc } from "../../../common/queue/failures-repository.js";
import { startRunner } from "../../../worker/runner.js";
import { closeRedis, openBlockingRedis } from "../../../common/platform/redis.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

const JOBS = "/api/v1/admin/jobs";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const records = () => world().mongo.db.collection<FailedJobDoc>("failedJobs");
const inspect = (versionId = newId(), generation = 0) =>
  ({ name: "version.process", data: { ownerId: newId(), versionId, generation } }) as const;

/** Records a failure as the worker does. @returns the record's id. */
async function fail(job: JobOf, error: unknown = new Error("very-private-name")): Promise<string> {
  const { failedJobs } = world().services;
  failedJobs.record(job, error, 5);
  await failedJobs.close();
  const doc = await records().findOne({ data: job.data });
  return doc?._id ?? "";
}

/** Takes what is queued next, with the world's own queue. */
async function nextJob(act: () => Promise<unknown>): Promise<unknown> {
  const { config, logs } = world();
  const options = { url: config.redisUrl, timeoutMs: 10_000, log: logs.log };
  const redis = openBlockingRedis(options);
  const taken: unknown[] = [];
  const runner = startRunner({
    ...{
      redis,
      prefix: config.redisPrefix,
      concurrency: { jobs: 1, webhooks: 1 },
      lockMs: 30_000,
      log: logs.log,
    },
    run: ({ name, data }) => {
      taken.push({ name, data });
      return Promise.resolve();
    },
  });
  await act();
  await eventually(
    () => taken.length,
    (count) => count > 0,
  );
  await runner.stop(0);
  await closeRedis(redis);
  return taken[0];
}

describe("GET /admin/jobs", () => {
  test("lists what was given up, with its data and the code of its error, and no text of it", async () => {
    const job = { name: "file.purge", data: { ownerId: newId(), fileId: newId() } } as const;
    const id = await fail(job, new NotFoundError("very-private-name"));

    const { status, json } = await admin.get(`${JOBS}?state=failed&limit=1`);

    expect(status).toBe(200);
    expect(json.items).toEqual([
      {
        id,
        name: "file.purge",
        state: "failed",
        data: job.data,
        attempts: 5,
        errorCode: "not-found",
        firstFailedAt: expect.any(String),
        lastFailedAt: expect.any(String),
      },
    ]);
    expect(JSON.stringify(await records().find().toArray())).not.toContain("very-private-name");
  });

  test("has one record for a job that is given up again, in any generation", async () => {
    const versionId = newId();
    const first = inspect(versionId);
    await fail(first);
    await fail({ ...first, data: { ...first.data, generation: 1 } });

    const found = await records().find({ "data.versionId": versionId }).toArray();

    expect(found).toMatchObject([{ attempts: 10, data: { generation: 1 } }]);
  });

  test("lists page by page", async () => {
    const ids = [await fail(inspect()), await fail(inspect()), await fail(inspect())];

    const first = await admin.get(`${JOBS}?limit=2`);
    const second = await admin.get(`${JOBS}?limit=1&cursor=${String(first.json.nextCursor)}`);

    const found = [...first.json.items, ...second.json.items].map(({ id }) => id);
    expect(new Set(found)).toEqual(new Set(ids));
  });

  test("is for admins only, as all that is done to jobs", async () => {
    const member = await world().member();
    const id = await fail(inspect());

    const answers = [
      await member.get(JOBS),
      await member.post(`${JOBS}/${id}/retry`),
      await member.delete(`${JOBS}/${id}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await records().countDocuments({ _id: id })).toBe(1);
    expect((await admin.get(`${JOBS}?state=done`)).status).toBe(400);
  });

  test("does not keep a job whose data is not what its kind promises", async () => {
    const before = await records().countDocuments();
    const { failedJobs } = world().services;
    failedJobs.record({ name: "version.process", data: { name: "very-private-name" } }, null, 1);
    await failedJobs.close();

    expect(await records().countDocuments()).toBe(before);
  });
});

describe("POST /admin/jobs/{id}/retry", () => {
  test("queues the job with a new generation, removes the record, and is audited", async () => {
    const job = inspect();
    const id = await fail(job);

    const taken = await nextJob(async () => {
      expect((await admin.post(`${JOBS}/${id}/retry`)).status).toBe(204);
    });

    expect(taken).toEqual({ ...job, data: { ...job.data, generation: 1 } });
    expect(await records().countDocuments({ _id: id })).toBe(0);
    expect((await admin.post(`${JOBS}/${id}/retry`)).status).toBe(404);
    const events = world().mongo.db.collection<AuditDoc>("auditEvents");
    expect(await events.findOne({ action: "job.retry" })).toMatchObject({
      target: { kind: "job", id: `version.process-${job.data.versionId}-0` },
    });
  });
});

describe("DELETE /admin/jobs/{id}", () => {
  test("removes the record, is audited, and answers 404 afterwards", async () => {
    const id = await fail(inspect());

    expect((await admin.delete(`${JOBS}/${id}`)).status).toBe(204);

    expect(await records().countDocuments({ _id: id })).toBe(0);
    expect((await admin.delete(`${JOBS}/${id}`)).status).toBe(404);
    expect((await admin.delete(`${JOBS}/${newId()}`)).status).toBe(404);
    const events = world().mongo.db.collection<AuditDoc>("auditEvents");
    expect(await events.countDocuments({ action: "job.discard" })).toBeGreaterThan(0);
  });
});
