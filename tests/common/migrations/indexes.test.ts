import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import { createIndexes } from "../../../common/migrations/indexes.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

describe("The release step", () => {
  test("gives the bucket the indexes of every GridFS tool, and may be repeated", async () => {
    const { files, chunks } = openBucket(world().mongo.db);

    await createIndexes(world().mongo.db);

    expect(await chunks.indexes()).toContainEqual(
      expect.objectContaining({ key: { files_id: 1, n: 1 }, unique: true }),
    );
    expect(await files.indexes()).toContainEqual(
      expect.objectContaining({ key: { filename: 1, uploadDate: 1 } }),
    );
  });

  test("fails where an index cannot be made on which something rests", async () => {
    const { db } = world().mongo;
    const { chunks } = openBucket(db);
    await chunks.dropIndex("files_id_1_n_1");
    const twice = { files_id: new ObjectId(), n: 0, data: Buffer.from("a") };
    await chunks.insertMany([
      { ...twice, _id: new ObjectId() },
      { ...twice, _id: new ObjectId() },
    ]);

    await expect(createIndexes(db)).rejects.toThrow(/E11000|duplicate/i);

    await chunks.deleteMany({ files_id: twice.files_id });
    await createIndexes(db);
  });
});
