import { expect } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { useClamd } from "../../support/clamd.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { World } from "../../support/world.js";

const clamd = useClamd();
const world = useWorld({ clamdUrl: clamd.unix });

const { describe, test } = needs("clamd");

const scanOf = async (client: Client, id: string) => {
  const { state, pipeline } = (await client.get(`/api/v1/files/${id}/metadata`)).json;
  return { state, ...(pipeline[1] as { readonly outcome?: string | null }) };
};

describe("A newer database of the virus scanner", () => {
  test("is used by the sweep for what an older one has let pass", async () => {
    const text = `NEWLY-KNOWN-${newId()}`;
    const client = await world().member();
    const bad = await client.store("bad", `before ${text} after`);
    const good = await client.store("good", "harmless");
    await world().settle();
    await world().sweep();
    expect(await scanOf(client, bad.id)).toMatchObject({ state: "ready", outcome: "done" });

    await clamd.loadDaily(27_001, "Stowage.Test.New", text);
    // What the scanner said of its version a moment ago is believed for some seconds.
    const rescanned = async () => {
      await world().sweep();
      expect((await client.get(`/api/v1/files/${good.id}`)).status).toBe(200);
      await world().settle();
      return scanOf(client, bad.id);
    };
    const found = await eventually(rescanned, ({ state }) => state !== "ready");

    expect(found).toMatchObject({ state: "quarantined", reason: "Stowage.Test.New.UNOFFICIAL" });
    expect(await scanOf(client, good.id)).toMatchObject({ state: "ready", outcome: "done" });
    const versions = world().mongo.db.collection<VersionDoc>("versions");
    expect((await versions.findOne({ fileId: good.id }))?.scannedWith).toBe(27_001);
  });
});

describe("What was not scanned", () => {
  test("is scanned when there is a scanner: it was away, or switched off", async () => {
    const one = await World.start({});
    const client = await one.member();
    const file = await client.store("a", "hello");
    await one.settle();
    const { redisPrefix, mongodbUrl } = one.config;

    const settings = { redisPrefix, mongodbUrl, clamdUrl: clamd.unix };
    const scanning = await World.start(settings);
    await scanning.sweep();
    await scanning.settle();

    const { outcome, state } = await scanOf(client, file.id);
    await scanning.close();
    await one.close();
    expect({ outcome, state }).toEqual({ outcome: "done", state: "ready" });
  });
});
