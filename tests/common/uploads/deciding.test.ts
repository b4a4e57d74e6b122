import { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { UploadsRepository } from "../../../common/uploads/repository.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

test("Each of several uploads is decided by one of those that try it, all in the same turn", async () => {
  const { db } = world().mongo;
  const ledger = db.collection<UploadDoc>("uploads");
  const client = await world().member();
  for (const name of ["a", "b", "c"]) {
    const upload = await beginUpload(world(), client, { name });
    await upload.receive(Readable.from([Buffer.from(name)]));
  }
  const uploads = new UploadsRepository(db);
  const entries = await ledger.find().toArray();
  const given = { sizeBytes: 1, sha256: "0".repeat(64) };

  const decided = await Promise.all(
    [...entries, ...entries].map((entry) => uploads.decideToPublish(entry, given, new Date())),
  );

  const won = decided.flatMap((entry) => (entry === null ? [] : [entry._id]));
  expect(won.toSorted()).toEqual(entries.map(({ _id }) => _id).toSorted());
  const abandoned = { state: "aborting" as const, leaseUntil: new Date(0) };
  await ledger.updateMany({}, { $set: abandoned });
  await world().sweep();
});
