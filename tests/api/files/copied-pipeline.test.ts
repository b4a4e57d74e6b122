import { describe, expect, test } from "@jest/globals";
import type { FileJson } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** Somebody's file whose pipeline is over. */
async function inspected() {
  const client = await world().member();
  const { id } = await client.store("a", "hello");
  await world().settle();
  return { client, id };
}

describe("The pipeline of a copy", () => {
  test("is as far as that of its source", async () => {
    const { client, id } = await inspected();

    const { json } = await client.post(`/api/v1/files/${id}/copy`, { name: "b" });

    const { links } = json as FileJson;
    expect((await client.get(links.metadata)).json).toMatchObject({
      ...{ state: "ready", type: "text/plain" },
      pipeline: [
        { outcome: "done", attempts: 1 },
        { step: "scan" },
        { step: "preview" },
        { step: "describe" },
        { step: "index" },
      ],
    });
  });

  test("is run by the sweep where that of its source was to run again", async () => {
    const { client, id } = await inspected();
    await client.post(`/api/v1/files/${id}/pipeline`);

    const { json } = await client.post(`/api/v1/files/${id}/copy`, { name: "b" });
    await world().settle();
    await world().sweep();
    await world().settle();

    const { links } = json as FileJson;
    expect((await client.get(links.metadata)).json).toMatchObject({
      ...{ state: "ready", type: "text/plain" },
      pipeline: [
        { outcome: "done", attempts: 1 },
        { step: "scan" },
        { step: "preview" },
        { step: "describe" },
        { step: "index" },
      ],
    });
  });
});
