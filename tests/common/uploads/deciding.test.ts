import { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { OrderedWrites } from "../../../common/platform/ordered-writes.js";
import { UploadsRepository } from "../../../common/uploads/repository.js";
import { decidedUpload, type UploadDoc } from "../../../common/uploads/upload.js";
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
  const writes = new OrderedWrites(db);
  const entries = await ledger.find().toArray();
  const given = { sizeBytes: 1, sha256: "0".repeat(64), crc32: 0 };

  const tries = [...entries, ...entries].map((entry) => decidedUpload(entry, given, new Date()));
  const results = await Promise.all(
    tries.map((entry) => writes.run({ decided: uploads.decision(entry) })),
  );

  const won = tries.flatMap(({ _id }, index) => (results[index]?.decided === 1 ? [_id] : []));
  expect(won.toSorted()).toEqual(entries.map(({ _id }) => _id).toSorted());
  const abandoned = { state: "aborting" as const, leaseUntil: new Date(0) };
  await ledger.updateMany({}, { $set: abandoned });
  await world().sweep();
});
