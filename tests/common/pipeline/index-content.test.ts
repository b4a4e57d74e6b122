import { describe, expect, test } from "@jest/globals";
import type { IndexedContent } from "../../../common/content-index/repository.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ contentSearch: "on" });

const versions = () => world().mongo.db.collection<VersionDoc>("versions");
const indexed = () => world().mongo.db.collection<IndexedContent>("contentIndex");
const never = new AbortController().signal;

describe("The step index", () => {
  test("is finished by another worker, whichever command its worker dies after", async () => {
    const client = await world().member();
    const { id } = await client.store("a", "hello world");
    await world().settle();
    const { ownerId, _id: versionId } = (await versions().findOne({ fileId: id })) as VersionDoc;

    for (let diesAfter = 0; diesAfter < 8; diesAfter += 1) {
      await indexed().deleteMany({});
      const due = { "pipeline.dueAt": new Date(), "pipeline.leaseUntil": null };
      await versions().updateOne(
        { _id: versionId },
        { $set: due, $unset: { "pipeline.steps.index": "" } },
      );
      const process = await MortalProcess.start(world(), diesAfter);
      await process.run(() => process.product.pipeline.run(ownerId, versionId, never));
      await versions().updateOne({ _id: versionId }, { $set: { "pipeline.leaseUntil": null } });

      await world().settle();

      const { json } = await client.get("/api/v1/search?content=world%20hello");
      expect([diesAfter, json.items]).toMatchObject([diesAfter, [{ id, state: "ready" }]]);
      expect(await indexed().countDocuments({})).toBe(1);
    }
  });

  test("of a version that goes while it runs leaves nothing behind the sweep", async () => {
    const client = await world().member();
    const { id } = await client.store("a", "short lived");
    const { ownerId, _id: versionId } = (await versions().findOne({ fileId: id })) as VersionDoc;
    await client.delete(`/api/v1/files/${id}?permanent=true`);
    await world().settle();

    await indexed().insertOne({ _id: versionId, ownerId, fileId: id, keyId: null, terms: ["x"] });
    await world().sweep();

    expect(await indexed().countDocuments({ fileId: id })).toBe(0);
  });
});
