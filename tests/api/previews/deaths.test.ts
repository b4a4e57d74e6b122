import { describe, expect, test } from "@jest/globals";
import type { VersionDoc } from "../../../common/versions/version.js";
import { eventually } from "../../support/eventually.js";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on" }, { isDamaged: true });

const versions = () => world().mongo.db.collection<VersionDoc>("versions");

describe("A media process that dies while it makes a preview", () => {
  test("keeps nobody from their preview", async () => {
    const client = await world().member();
    const large = await picture({ width: 6500, height: 6500, format: "png" });
    const { id } = await client.store("large", large);
    const begun = { fileId: id, "pipeline.steps.preview.outcome": "running" } as const;

    const settled = world().settle();
    await eventually(
      () => versions().findOne(begun),
      (version) => version !== null,
    );
    const pid = await eventually(
      () => world().worker.media.pid,
      (found) => found !== undefined,
    );
    process.kill(pid ?? 0, "SIGKILL");
    await settled;

    expect((await client.get(`/api/v1/files/${id}/preview`)).status).toBe(200);
    expect(world().worker.media.pid).not.toBe(pid);
    expect((await versions().findOne({ fileId: id }))?.pipeline.steps.preview).toMatchObject({
      outcome: "done",
    });
  });
});

describe("A content that ends the media process each time", () => {
  const limited = useWorld({ previews: "on", mediaTimeLimitMs: 1 }, { isDamaged: true });

  test("has no preview, and the file is ready", async () => {
    const client = await limited().member();
    const { id, links } = await client.store(
      "slow",
      await picture({ width: 5000, height: 5000, format: "png" }),
    );

    await limited().settle();

    const { state, preview, pipeline } = (await client.get(links.metadata)).json;
    expect({ state, preview }).toEqual({ state: "ready", preview: null });
    expect(pipeline).toContainEqual(
      expect.objectContaining({ step: "preview", outcome: "failed", attempts: 4 }),
    );
    expect(await client.get(`/api/v1/files/${id}/preview`)).toMatchObject({
      status: 404,
      json: { reason: "every attempt was cut short" },
    });
  });
});
