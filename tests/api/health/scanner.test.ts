import { expect } from "@jest/globals";
import { Client } from "../../support/client.js";
import { useClamd } from "../../support/clamd.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ clamdUrl: { path: "/nowhere/clamd.sock" } });
const clamd = useClamd();

const { describe, test } = needs("clamd");

describe("GET /readyz", () => {
  test("says that the virus scanner is away, and that web is ready all the same", async () => {
    const { status, json } = await world().visitor().get("/readyz");

    expect([status, json]).toMatchObject([200, { scanner: { state: "away", version: null } }]);
  });

  test("says which virus scanner there is", async () => {
    const visitor = new Client(await world().addWeb({ clamdUrl: clamd.tcp }));

    const { status, json } = await visitor.get("/readyz");

    const scanner = { state: "reachable", version: expect.stringMatching(/^ClamAV \d/) };
    expect([status, json]).toMatchObject([200, { scanner }]);
  });
});
