import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { openBucket } from "../../../common/storage/bucket.js";
import type { World } from "../../support/world.js";
import { listed, scrub, type Stored, storeFile, useScrubWorld } from "./scrub-world.js";

const world = useScrubWorld();

const setHolders = (to: World, { blobId }: Stored, versionIds: string[]) =>
  openBucket(to.mongo.db).files.updateOne(
    { _id: blobId },
    { $set: { "metadata.versionIds": versionIds } },
  );

async function holdersOf(of: World, { blobId }: Stored) {
  const file = await openBucket(of.mongo.db).files.findOne({ _id: blobId });
  return file?.metadata?.versionIds;
}

describe("The scrub", () => {
  test("gives a blob back the version that names it, and takes out what no version is", async () => {
    const stored = await storeFile(world(), 10);
    await setHolders(world(), stored, [newId()]);

    await scrub(world());

    expect(await holdersOf(world(), stored)).toEqual([stored.version._id]);
    expect(await listed(world(), stored.blobId)).toBeNull();
  });

  test("reports a blob that no version names, and leaves it as it is", async () => {
    const stored = await storeFile(world(), 10);
    await world().mongo.db.collection("versions").deleteMany({ blobId: stored.blobId });

    await scrub(world());

    expect(await holdersOf(world(), stored)).toEqual([stored.version._id]);
    expect(await listed(world(), stored.blobId)).toMatchObject({ kind: "missing-version" });
  });
});
