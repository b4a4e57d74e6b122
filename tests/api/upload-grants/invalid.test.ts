import { beforeAll, describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import { Client } from "../../support/client.js";
import { changeLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { makeGrant } from "./make.js";

const world = useWorld();
let otherWeb: string;

beforeAll(async () => {
  otherWeb = await world().addWeb();
});

interface Case {
  readonly owner: Client;
  readonly folderId: string;
  readonly linkId: string;
}

const change = ({ linkId: id }: Case, changes: Partial<LinkDoc>) =>
  changeLink(world(), { id }, changes);

const ENDS: readonly (readonly [string, (one: Case) => Promise<unknown>])[] = [
  ["revoked", ({ owner, linkId }) => owner.delete(`/api/v1/links/${linkId}`)],
  ["revoked with all", ({ owner }) => owner.delete("/api/v1/links?kind=grant")],
  [
    "switched off",
    ({ owner, linkId }) => owner.patch(`/api/v1/links/${linkId}`, { isEnabled: false }),
  ],
  ["that has expired", (one) => change(one, { expiresAt: new Date(Date.now() - 1) })],
  [
    "whose folder is in the trash",
    ({ owner, folderId }) => owner.delete(`/api/v1/folders/${folderId}`),
  ],
  [
    "whose folder is removed for good",
    ({ owner, folderId }) => owner.delete(`/api/v1/folders/${folderId}?permanent=true`),
  ],
  ["whose owner is disabled", ({ owner }) => world().disable(owner)],
  [
    "whose owner is deleted",
    ({ owner }) => owner.send("DELETE", "/api/v1/me", { password: "seven-purple-owls" }),
  ],
];

const put = async (client: Client) => {
  const { status, json } = await client.put("/api/v1/files?name=a", "x");
  return { status, code: json.code, detail: json.detail };
};

describe("An upload grant", () => {
  test.each(ENDS)(
    "%s is 401 at once on every web process, as one that never was",
    async (_name, end) => {
      const owner = await world().member();
      const { id: folderId } = await owner.makeFolder("in");
      const { id: linkId, token } = await makeGrant(owner, folderId);
      const client = Client.bearer(otherWeb, token);
      const before = await put(client);

      await end({ owner, folderId, linkId });

      const never = await put(Client.bearer(otherWeb, `stg_${"A".repeat(44)}`));
      expect(before.status).toBe(201);
      expect(never).toMatchObject({ status: 401, code: "invalid-token" });
      expect(await put(client)).toEqual(never);
    },
  );

  test("goes on when its folder is moved", async () => {
    const owner = await world().member();
    const [folder, elsewhere] = [await owner.makeFolder("in"), await owner.makeFolder("elsewhere")];
    const { client } = await makeGrant(owner, folder.id);

    await owner.patch(`/api/v1/folders/${folder.id}`, { parentId: elsewhere.id });

    expect((await put(client)).status).toBe(201);
    expect((await owner.get("/api/v1/by-path/elsewhere/in/a")).bytes.toString()).toBe("x");
  });

  test("counts before a cookie, and is in no log", async () => {
    const owner = await world().member();
    const { token } = await makeGrant(owner, "root");

    const wrong = await owner.put("/api/v1/files?name=a&grant=stg_wrong", "x");
    await owner.put(`/api/v1/files?name=a&grant=${token}`, "x");

    expect(wrong.status).toBe(401);
    expect(world().logs.text()).not.toContain(token.slice(4));
  });
});
