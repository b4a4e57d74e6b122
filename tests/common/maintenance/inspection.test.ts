import { describe, expect, test } from "@jest/globals";
import { openRecords } from "../../../common/product.js";
import { Inspection } from "../../../common/maintenance/inspection.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { newKey } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ encryptionKeys: [newKey("k1")] });

describe("An inspection", () => {
  test("that lacks the key fails as often as it is tried, and the version is ready once the key is there", async () => {
    const client = await world().member();
    const { links } = await client.store("late.txt", "late");
    const { db } = world().mongo;
    const now = () => new Date();
    const { storage, versions, entries } = openRecords({
      db,
      settings: { encryptionKeys: [] },
      now,
    });
    const keyless = new Inspection({
      versions,
      entries,
      blobs: storage.blobs,
      now,
      leaseMs: 60_000,
    });
    const version = await db.collection<VersionDoc>("versions").findOne({ state: "processing" });
    const { ownerId = "", _id = "" } = version ?? {};

    const { signal } = new AbortController();
    for (let tried = 0; tried < 10; tried += 1) {
      await expect(keyless.run(ownerId, _id, signal)).rejects.toMatchObject({ keyId: "k1" });
    }

    await world().settle();
    const { json } = await client.get(links.metadata);
    expect(json).toMatchObject({ state: "ready", type: "text/plain" });
  });
});
