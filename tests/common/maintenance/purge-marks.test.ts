import { describe, expect, test } from "@jest/globals";
import { Long, type WithId } from "mongodb";
import type { FileEntry } from "../../../common/entries/entry.js";
import { FilePurge } from "../../../common/maintenance/file-purge.js";
import { type Id, newBlobId, newId } from "../../../common/platform/ids.js";
import type { Quota } from "../../../common/quota/service.js";
import { openBucket } from "../../../common/storage/bucket.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { isLong } from "../../support/long.js";
import { useWorld } from "../../support/use-world.js";
import { collectionsOf, expectExact, marksOf, partsOf, person } from "./purge-books.js";

const world = useWorld();
const { signal } = new AbortController();

describe("The purge of many", () => {
  /** Gives an account many more versions of what a file shows, each in the file of that id, with its own content. */
  async function addVersions(model: WithId<VersionDoc>, fileIds: readonly Id[]) {
    const { files, chunks } = openBucket(world().mongo.db);
    const [file, chunk] = [
      await files.findOne({ _id: model.blobId }),
      await chunks.findOne({ files_id: model.blobId }),
    ];
    if (file?.metadata === undefined || chunk === null) throw new Error("There is no content");
    const { metadata } = file;
    const made = fileIds.map((fileId) => {
      const ids = { _id: newId(), fileId, uploadId: newId(), blobId: newBlobId() };
      return { ...model, ...ids, purgingSince: new Date() };
    });
    await collectionsOf(world()).versions.insertMany(made);
    await files.insertMany(
      made.map(({ _id, blobId }) => {
        const filename = blobId.toHexString();
        return { ...file, _id: blobId, filename, metadata: { ...metadata, versionIds: [_id] } };
      }),
    );
    await chunks.insertMany(
      made.map(({ blobId }) => ({ ...chunk, _id: newBlobId(), files_id: blobId })),
    );
    const bytes = Long.fromNumber(made.length * Number(model.sizeBytes));
    const $inc = { "usage.bytes": bytes, allocatedBytes: bytes };
    await collectionsOf(world()).accounts.updateOne({ _id: model.ownerId }, { $inc });
    return made;
  }

  /** Gives an account files that are deleted, and have no versions yet. */
  async function addFiles(model: WithId<FileEntry>, count: number): Promise<Id[]> {
    const deleted = { isTrashed: true, purgingSince: new Date() };
    const made = Array.from({ length: count }, () => ({ ...model, _id: newId(), ...deleted }));
    await collectionsOf(world()).entries.insertMany(made);
    const $inc = { "usage.files": Long.fromNumber(count) };
    await collectionsOf(world()).accounts.updateOne({ _id: model.ownerId }, { $inc });
    return made.map(({ _id }) => _id);
  }

  /** A purge, and the most marks that its account has had. */
  function watchedPurge(ownerId: Id) {
    const { deps } = partsOf(world().mongo.db);
    const seen = { most: 0 };
    const quota: Pick<Quota, "releaseOnce" | "forgetReleases"> = {
      releaseOnce: async (...given) => {
        await deps.quota.releaseOnce(...given);
        seen.most = Math.max(seen.most, await marksOf(world(), ownerId));
      },
      forgetReleases: (...given) => deps.quota.forgetReleases(...given),
    };
    return { seen, purge: new FilePurge({ ...deps, quota }) };
  }

  async function models() {
    const { ownerId, staysId } = await person(world());
    const [file, version] = [
      await collectionsOf(world()).entries.findOne({ _id: staysId }, { promoteLongs: false }),
      await collectionsOf(world()).versions.findOne({ fileId: staysId }, { promoteLongs: false }),
    ];
    if (file === null || version === null) throw new Error("There is no file");
    return { ownerId, file, version };
  }

  const run = async (work: readonly (() => Promise<unknown>)[]) => {
    const left = [...work];
    const worker = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await next();
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  };

  test("all versions of a file leaves no more than 101 marks at any time, and none in the end", async () => {
    const { ownerId, file, version } = await models();
    const [fileId = ""] = await addFiles(file, 1);
    await addVersions(version, Array<Id>(isLong ? 3000 : 400).fill(fileId));
    const { seen, purge } = watchedPurge(ownerId);

    await purge.run({ ownerId, fileId }, signal);

    expect(seen.most).toBeLessThanOrEqual(101);
    expect(await marksOf(world(), ownerId)).toBe(0);
    await expectExact(world(), ownerId);
  }, 120_000);

  test("files leaves a few marks at any time, and none in the end", async () => {
    const { ownerId, file, version } = await models();
    const fileIds = await addFiles(file, isLong ? 1000 : 150);
    await addVersions(version, fileIds);
    const { seen, purge } = watchedPurge(ownerId);

    await run(fileIds.map((fileId) => () => purge.run({ ownerId, fileId }, signal)));

    expect(seen.most).toBeLessThanOrEqual(8);
    expect(await marksOf(world(), ownerId)).toBe(0);
    await expectExact(world(), ownerId);
  }, 120_000);

  test("earlier versions, each by itself, leaves a few marks at any time, and none in the end", async () => {
    const { ownerId, file, version } = await models();
    const made = await addVersions(version, Array<Id>(isLong ? 1000 : 150).fill(file._id));
    const { seen, purge } = watchedPurge(ownerId);

    await run(
      made.map(
        ({ _id }) =>
          () =>
            purge.runVersion({ ownerId, versionId: _id }, signal),
      ),
    );

    expect(seen.most).toBeLessThanOrEqual(4);
    expect(await marksOf(world(), ownerId)).toBe(0);
    await expectExact(world(), ownerId);
  }, 120_000);

  test("earlier versions leaves few marks when their file is purged meanwhile", async () => {
    const { ownerId, file, version } = await models();
    const [fileId = ""] = await addFiles(file, 1);
    const made = await addVersions(version, Array<Id>(isLong ? 1000 : 300).fill(fileId));
    const { seen, purge } = watchedPurge(ownerId);

    await Promise.all([
      run(
        made.map(
          ({ _id }) =>
            () =>
              purge.runVersion({ ownerId, versionId: _id }, signal),
        ),
      ),
      purge.run({ ownerId, fileId }, signal),
    ]);
    await purge.run({ ownerId, fileId }, signal);

    expect(seen.most).toBeLessThanOrEqual(150);
    await expectExact(world(), ownerId);
  }, 120_000);
});
