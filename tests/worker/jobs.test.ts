import { describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../common/entries/entry.js";
import { newId } from "../../common/platform/ids.js";
import { InvalidJobError, type ReceivedJob } from "../../common/queue/catalogue.js";
import type { StepRecord } from "../../common/versions/pipeline.js";
import type { VersionDoc } from "../../common/versions/version.js";
import { createJobHandlers, runJob } from "../../worker/jobs.js";
import type { FileJson } from "../support/answer-json.js";
import { useWorld } from "../support/use-world.js";

const world = useWorld();

const run = (job: ReceivedJob, signal = new AbortController().signal) =>
  runJob(createJobHandlers(world().jobs), job, signal);

const versions = () => world().mongo.db.collection<VersionDoc>("versions");

/** Somebody's file, uploaded under a condition, and the jobs that its upload and its removal queue. */
async function stored(name = "a", content = "hello") {
  const client = await world().member();
  const path = `/api/v1/files?name=${encodeURIComponent(name)}`;
  const { json } = await client.put(path, content, { "If-None-Match": "*" });
  const { id: fileId, links } = json as FileJson;
  const version = await versions().findOne({ fileId });
  if (version === null) throw new Error("No version");
  const { ownerId, _id: versionId, uploadId } = version;
  return {
    client,
    links,
    version,
    inspect: { name: "version.process", data: { ownerId, versionId, generation: 0 } },
    settle: { name: "quota.settle", data: { ownerId, uploadId } },
    purge: { name: "file.purge", data: { ownerId, fileId } },
  };
}

/** A step of a process that died of it for the last of some times. */
const died = (attempts: number) =>
  ({
    ...{ stepVersion: 2, outcome: "running", reason: null, attempts },
    ...{ startedAt: new Date(), endedAt: null },
  }) satisfies StepRecord;

const tenTimes = (job: ReceivedJob) =>
  Promise.all(Array.from({ length: 10 }, () => run({ ...job })));

describe("A job that is delivered ten times, at once and again", () => {
  test("version.process finds the type and makes the file ready", async () => {
    const { client, links, inspect, version } = await stored();

    await tenTimes(inspect);
    const once = (await client.get(links.metadata)).json;
    await run(inspect);

    expect(once).toMatchObject({ state: "ready", type: "text/plain" });
    expect((await client.get(links.metadata)).json).toEqual(once);
    const { pipeline } = (await versions().findOne({ _id: version._id })) ?? {};
    expect(pipeline).toMatchObject({ leaseUntil: null, steps: { inspect: { attempts: 1 } } });
  });

  test("quota.settle counts the upload once", async () => {
    const { client, settle } = await stored();
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 5, files: 0 });

    await tenTimes(settle);
    await run(settle);

    expect(await client.usage()).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
  });

  test("file.purge removes the file and frees its room once, whether or not it was counted before", async () => {
    for (const isSettled of [true, false]) {
      const { client, links, settle, purge } = await stored();
      await client.store("kept", "12345678");
      await world().settle();
      if (isSettled) await run(settle);
      await client.delete(links.content);

      await tenTimes(purge);
      await run(purge);

      expect(await client.usage()).toMatchObject({ bytes: 8, reservedBytes: 0, files: 1 });
      await tenTimes(settle);
      expect(await client.usage()).toMatchObject({ bytes: 8, reservedBytes: 0, files: 1 });
    }
  });
});

describe("file.purge", () => {
  test("does nothing to a file that was not deleted", async () => {
    const { client, links, purge } = await stored();

    await run(purge);

    expect((await client.get(links.content)).status).toBe(200);
  });

  test("goes on where it was interrupted", async () => {
    const { client, links, purge, version } = await stored();
    await client.store("a", "second version");
    await world().settle();
    await client.delete(links.content);
    // As far as a process may come that is killed after the content of one version is gone.
    await world().mongo.db.collection("blobs.files").deleteOne({ _id: version.blobId });

    await expect(run(purge, AbortSignal.abort(new Error("killed")))).rejects.toThrow("killed");
    await run(purge);

    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
    expect(await versions().countDocuments({ fileId: purge.data.fileId })).toBe(0);
  });
});

describe("version.process", () => {
  test("gives up content that has killed its process five times, and says so", async () => {
    const { client, links, inspect } = await stored();
    const { versionId } = inspect.data;
    await versions().updateOne({ _id: versionId }, { $set: { "pipeline.steps.inspect": died(5) } });

    await run(inspect);

    expect((await client.get(links.metadata)).json).toMatchObject({ state: "failed", type: null });
    expect((await client.get(links.content)).bytes.toString()).toBe("hello");
    expect((await client.get(links.content)).headers["content-disposition"]).toMatch(/^attachment/);
  });

  test("counts an attempt that does not come to its end", async () => {
    const { inspect, version } = await stored();

    await expect(run(inspect, AbortSignal.abort(new Error("killed")))).rejects.toThrow("killed");

    const tried = await versions().findOne({ _id: version._id });
    expect(tried).toMatchObject({
      state: "processing",
      pipeline: { leaseUntil: null, steps: { inspect: { attempts: 1, outcome: "retry" } } },
    });
  });

  test("leaves a version to whoever is inspecting it, and takes over when that one has died", async () => {
    const { client, links, inspect, version } = await stored();
    const begun = async (leaseUntil: Date) => {
      const begun = { "pipeline.leaseUntil": leaseUntil, "pipeline.steps.inspect": died(1) };
      await versions().updateOne({ _id: version._id }, { $set: begun });
    };
    const stateNow = async () => (await client.get(links.metadata)).json.state;

    await begun(new Date(Date.now() + 60_000));
    await tenTimes(inspect);
    expect(await stateNow()).toBe("processing");
    expect(await versions().findOne({ _id: version._id })).toMatchObject({
      pipeline: { steps: { inspect: { attempts: 1 } } },
    });

    await begun(new Date(Date.now() - 1));
    await tenTimes(inspect);
    expect(await stateNow()).toBe("ready");
    expect(await versions().findOne({ _id: version._id })).toMatchObject({
      pipeline: { steps: { inspect: { attempts: 2 } } },
    });
  });

  test("of content that is damaged says that it failed", async () => {
    const { client, links, inspect, version } = await stored();
    const chunks = world().mongo.db.collection("blobs.chunks");
    const chunk = await chunks.findOneAndDelete({ files_id: version.blobId });

    await run(inspect);

    expect((await client.get(links.metadata)).json).toMatchObject({ state: "failed", type: null });
    if (chunk !== null) await chunks.insertOne(chunk);
  });

  test("of a version that was replaced leaves what the file shows alone", async () => {
    const { client, links, inspect } = await stored();
    await client.store("a", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    await world().settle();

    await versions().updateOne(
      { _id: inspect.data.versionId },
      { $set: { state: "processing", "pipeline.dueAt": new Date(), "pipeline.steps": {} } },
    );
    await run(inspect);

    expect((await client.get(links.metadata)).json.type).toBe("image/png");
  });

  test("of what is gone does nothing", async () => {
    const { client, inspect, links } = await stored();
    await client.delete(links.content);
    await world().settle();

    await run(inspect);

    expect(
      await world()
        .mongo.db.collection<FileEntry>("entries")
        .countDocuments({ _id: links.content }),
    ).toBe(0);
  });
});

describe("A job that is not one", () => {
  test.each<[string, ReceivedJob]>([
    ["of no kind", { name: "file.explode", data: {} }],
    ["of an inherited kind", { name: "toString", data: {} }],
    ["without data", { name: "file.purge", data: undefined }],
    ["with a malformed id", { name: "file.purge", data: { ownerId: newId(), fileId: "x" } }],
    [
      "with an operator for an id",
      { name: "file.purge", data: { ownerId: newId(), fileId: { $ne: 1 } } },
    ],
    [
      "with a field too many",
      { name: "quota.settle", data: { ownerId: newId(), uploadId: newId(), bytes: 1 } },
    ],
    [
      "of a negative generation",
      { name: "version.process", data: { ownerId: newId(), versionId: newId(), generation: -1 } },
    ],
  ])("%s is refused for good", async (_, job) => {
    await expect(run(job)).rejects.toThrow(InvalidJobError);
  });
});
