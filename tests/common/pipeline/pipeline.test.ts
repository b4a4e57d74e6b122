import { describe, expect, test } from "@jest/globals";
import { openPipeline } from "../../../common/pipeline/open.js";
import { Pipeline } from "../../../common/pipeline/pipeline.js";
import type { Step } from "../../../common/pipeline/step.js";
import { PipelineSweep } from "../../../common/pipeline/sweep.js";
import { UnavailableError } from "../../../common/platform/errors.js";
import { openRecords } from "../../../common/product.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { FileJson, Json } from "../../support/answer-json.js";
import { newKey } from "../../support/blobs.js";
import { MortalProcess, withoutPreviews } from "../../support/mortal-process.js";
import { NO_SCANNING } from "../../support/scanning.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ encryptionKeys: [newKey("k1")] });

const now = () => new Date();
const leaseMs = 60_000;
const noJobs = { enqueue: () => undefined };
const notCounted = { count: () => undefined };
const neverAborted = new AbortController().signal;

const versions = () => world().mongo.db.collection<VersionDoc>("versions");

/** What MongoDB holds, for somebody who has no encryption key. */
const records = () => openRecords({ db: world().mongo.db, settings: { encryptionKeys: [] }, now });

/** What is said of the first step: tests play with it alone. */
const onlyFirst = (json: Json) => ({ ...json, pipeline: json.pipeline.slice(0, 1) });

/** Somebody's file that no worker has seen yet. */
async function stored(content = "hello") {
  const client = await world().member();
  const { json } = await client.put("/api/v1/files?name=a", content, { "If-None-Match": "*" });
  const { id, links } = json as FileJson;
  const version = await versions().findOne({ fileId: id });
  if (version === null) throw new Error("No version");
  const { ownerId, _id: versionId } = version;
  const metadata = async () => onlyFirst((await client.get(links.metadata)).json);
  return { client, id, ownerId, versionId, metadata };
}

/** A pipeline of one step that does what a test wants. */
const pipelineOf = (step: Partial<Step>) =>
  new Pipeline({ stepOutcomes: notCounted, ...records(), steps: [stepOf(step)], now, leaseMs });

const stepOf = (step: Partial<Step>): Step => ({
  ...{ name: "inspect", stepVersion: 1, attempts: 3, timeLimitMs: leaseMs, isRequired: true },
  run: () => Promise.resolve({ outcome: "done", reason: null, found: { type: "text/plain" } }),
  ...step,
});

const endLeases = () => versions().updateMany({}, { $set: { "pipeline.leaseUntil": null } });

describe("The pipeline", () => {
  test("says of a new file that nothing has begun, and afterwards when and how each step has ended", async () => {
    const { metadata } = await stored();
    const step = { step: "inspect", reason: null };
    expect(await metadata()).toMatchObject({
      state: "processing",
      pipeline: [{ ...step, outcome: null, attempts: 0, startedAt: null, endedAt: null }],
    });

    await world().settle();

    const { state, type, pipeline } = await metadata();
    expect({ state, type }).toEqual({ state: "ready", type: "text/plain" });
    expect(pipeline).toEqual([
      {
        ...{ ...step, outcome: "done", attempts: 1 },
        startedAt: expect.stringMatching(/Z$/),
        endedAt: expect.stringMatching(/Z$/),
      },
    ]);
  });

  test("without the key fails as often as it is tried, which does not count, and the version is ready once the key is there", async () => {
    const { ownerId, versionId, metadata } = await stored();
    const { pipeline } = openPipeline({
      ...records(),
      scanning: NO_SCANNING,
      ...withoutPreviews(),
      jobs: noJobs,
      stepOutcomes: notCounted,
      now,
      leaseMs,
    });

    for (let tried = 0; tried < 10; tried += 1) {
      const attempt = pipeline.run(ownerId, versionId, neverAborted);
      await expect(attempt).rejects.toMatchObject({ keyId: "k1" });
    }
    const [step] = (await metadata()).pipeline;
    expect(step).toMatchObject({ outcome: "retry", reason: "encryption-key-missing", attempts: 0 });

    await world().settle();
    expect(await metadata()).toMatchObject({ state: "ready", type: "text/plain" });
  });

  test("makes a file ready exactly once, after whatever command its workers die", async () => {
    for (let diesAfter = 0; diesAfter < 7; diesAfter += 1) {
      const { ownerId, versionId, metadata } = await stored();
      const process = await MortalProcess.start(world(), diesAfter);
      await process.run(() => process.product.pipeline.run(ownerId, versionId, neverAborted));
      await endLeases();

      await world().settle();

      expect([diesAfter, await metadata()]).toMatchObject([
        diesAfter,
        { state: "ready", type: "text/plain", pipeline: [{ outcome: "done", reason: null }] },
      ]);
      expect(await versions().findOne({ _id: versionId })).not.toHaveProperty("pipeline.dueAt");
    }
  }, 120_000);

  test("leaves what it has lost to whoever took over", async () => {
    const { ownerId, versionId, metadata } = await stored();
    const slow = pipelineOf({
      async run() {
        await endLeases();
        await pipelineOf({}).run(ownerId, versionId, neverAborted);
        return { outcome: "failed", reason: "too late", found: { type: "image/png" } };
      },
    });

    await slow.run(ownerId, versionId, neverAborted);

    const { state, type, pipeline } = await metadata();
    expect({ state, type }).toEqual({ state: "ready", type: "text/plain" });
    expect(pipeline).toMatchObject([{ outcome: "done", reason: null }]);
  });

  test.each([
    ["skipped", true, "ready"],
    ["failed", true, "failed"],
    ["failed", false, "ready"],
    ["quarantine", false, "quarantined"],
  ] as const)("after a step that was %s (required: %s) says %s", async (...given) => {
    const [outcome, isRequired, state] = given;
    const { ownerId, versionId, metadata } = await stored();
    const result = { outcome, reason: "because", found: {} };

    const run = () => Promise.resolve(result);
    await pipelineOf({ isRequired, run }).run(ownerId, versionId, neverAborted);

    expect(await metadata()).toMatchObject({ state, pipeline: [{ outcome, reason: "because" }] });
  });

  test("does not count attempts for which a store was away", async () => {
    const { ownerId, versionId, metadata } = await stored();
    const run = () => Promise.reject(new UnavailableError("MongoDB"));

    for (let tried = 0; tried < 5; tried += 1) {
      await expect(pipelineOf({ run }).run(ownerId, versionId, neverAborted)).rejects.toThrow();
    }

    const [step] = (await metadata()).pipeline;
    expect(step).toMatchObject({ outcome: "retry", reason: "unavailable", attempts: 0 });
  });

  test("gives up a step that takes too long as often as it may be begun", async () => {
    const { ownerId, versionId, metadata } = await stored();
    const hanging = pipelineOf({
      timeLimitMs: 1,
      run: (_version, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reject(signal.reason as Error);
          });
        }),
    });

    for (let tried = 0; tried < 3; tried += 1) {
      await expect(hanging.run(ownerId, versionId, neverAborted)).rejects.toThrow();
      expect((await metadata()).pipeline).toMatchObject([
        { outcome: "retry", attempts: tried + 1 },
      ]);
    }
    await hanging.run(ownerId, versionId, neverAborted);

    expect(await metadata()).toMatchObject({ state: "failed", pipeline: [{ outcome: "failed" }] });
  });
});

describe("A step that is newer than what was done", () => {
  test("is done again by the sweep, while the file stays as it is", async () => {
    const { ownerId, versionId, metadata } = await stored();
    await world().settle();
    const newer = stepOf({
      // Higher than the sum of all steps that there are.
      stepVersion: 100,
      run: () => Promise.resolve({ outcome: "done", reason: null, found: { type: "text/html" } }),
    });
    const { quarantine } = records().storage;
    const about = { ...records(), quarantine, jobs: noJobs, now };
    const sweep = new PipelineSweep({ ...about, steps: [newer] });

    await sweep.renew(neverAborted);
    expect(await metadata()).toMatchObject({ state: "ready", type: "text/plain" });
    await pipelineOf(newer).run(ownerId, versionId, neverAborted);

    expect(await metadata()).toMatchObject({ state: "ready", type: "text/html" });
    expect(await sweep.renew(neverAborted)).toBe(0);
    expect(await versions().findOne({ _id: versionId })).not.toHaveProperty("pipeline.dueAt");
  });
});

describe("POST /files/{id}/pipeline", () => {
  test("has all steps done again, and keeps the state until they are over", async () => {
    const { client, id, versionId, metadata } = await stored();
    await world().settle();
    await versions().updateOne({ _id: versionId }, { $set: { type: "application/wrong" } });

    const { status, json } = await client.post(`/api/v1/files/${id}/pipeline`);
    expect([status, onlyFirst(json)]).toMatchObject([
      202,
      { pipeline: [{ outcome: null, attempts: 0 }] },
    ]);
    expect(await metadata()).toMatchObject({ state: "ready" });
    await world().settle();

    expect(await metadata()).toMatchObject({ type: "text/plain", pipeline: [{ outcome: "done" }] });
    expect((await versions().findOne({ _id: versionId }))?.type).toBe("text/plain");
  });

  test("lets what is in quarantine stay there", async () => {
    const { client, id, ownerId, versionId, metadata } = await stored();
    const run = () => Promise.resolve({ outcome: "quarantine" as const, reason: "x", found: {} });
    await pipelineOf({ run }).run(ownerId, versionId, neverAborted);

    const { status } = await client.post(`/api/v1/files/${id}/pipeline`);
    await world().settle();

    expect(status).toBe(202);
    expect(await metadata()).toMatchObject({ state: "quarantined" });
  });
});
