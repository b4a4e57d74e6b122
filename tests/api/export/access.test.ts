import { describe, expect, test } from "@jest/globals";
import { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { outcome } from "../factors/person.js";
import { makeExport } from "./exported.js";

const world = useWorld();
const EXPORT = "/api/v1/me/export";

describe("POST /me/export", () => {
  test("is written into the audit log", async () => {
    const client = await world().member();
    await makeExport(client);

    const { items } = (await client.get("/api/v1/me/audit?action=account.export")).json;

    expect(items).toHaveLength(1);
  });

  test("is refused to nobody's request, to API keys, and to tokens that may not read both", async () => {
    const client = await world().member();
    const key = await client.makeKey(["account:read", "files:read"]);
    const token = async (scopes: string[]) =>
      Client.bearer(
        world().url,
        (await client.post("/api/v1/tokens", { scopes })).json.accessToken,
      );

    const answers = [
      await world().visitor().post(EXPORT),
      await key.client.post(EXPORT),
      await (await token(["files:read"])).post(EXPORT),
      await (await token(["account:read"])).post(EXPORT),
      await (await token(["account:read", "files:read"])).post(EXPORT),
    ];

    expect(answers.map(outcome)).toEqual([
      [401, "unauthenticated"],
      [403, "credential-not-accepted"],
      [403, "insufficient-scope"],
      [403, "insufficient-scope"],
      [201, undefined],
    ]);
  });

  test("is not found by credentials that may read files alone, or by API keys", async () => {
    const client = await world().member();
    const { links } = await makeExport(client);
    const key = await client.makeKey(["account:read", "files:read"]);
    const narrow = (await client.post("/api/v1/tokens", { scopes: ["files:read"] })).json;
    const reader = Client.bearer(world().url, narrow.accessToken);

    for (const stranger of [key.client, reader]) {
      expect((await stranger.get(links.content)).status).toBe(404);
      expect((await stranger.get(links.metadata)).status).toBe(404);
      expect((await stranger.delete(links.content)).status).toBe(404);
    }
    expect(membersOf((await client.get(links.content)).bytes)).toHaveLength(11);
  });
});
