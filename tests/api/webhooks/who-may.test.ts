import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { HOOKS, HOOKS_OF_INSTALLATION as OF_ALL, makeWebhook } from "../../support/webhooks.js";

const world = useWorld();

// It leads inside, so nothing is sent, and nobody is asked for the name.
const BODY = { url: "https://localhost/" };
const made = async (client: Client, path = HOOKS) => (await makeWebhook(client, BODY, path)).id;

/** Each request that names a webhook: method, path and body. */
const REQUESTS: readonly (readonly [
  "GET" | "PATCH" | "POST" | "DELETE",
  string,
  object | undefined,
])[] = [
  ["GET", "", undefined],
  ["PATCH", "", { label: "b" }],
  ["POST", "/secret", undefined],
  ["POST", "/test", undefined],
  ["POST", "/replay", { state: "failed" }],
  ["GET", "/deliveries", undefined],
  ["GET", "/deliveries/AAAAAAAAAAAAAAAAAAAAAA", undefined],
  ["POST", "/deliveries/AAAAAAAAAAAAAAAAAAAAAA/replay", undefined],
  ["DELETE", "", undefined],
];

type Request = (typeof REQUESTS)[number];

const send = (client: Client, prefix: string, [method, path, body]: Request) =>
  method === "GET" ? client.get(`${prefix}${path}`) : client.send(method, `${prefix}${path}`, body);

describe("A webhook", () => {
  test.each(REQUESTS)("of somebody else is 404 for %s %s", async (...request) => {
    const [owner, other] = [await world().member(), await world().person("admin")];
    const id = await made(owner);

    for (const prefix of [HOOKS, OF_ALL]) {
      const { status } = await send(other, `${prefix}/${id}`, request);
      expect([prefix, status]).toEqual([prefix, 404]);
    }
    const { json } = await owner.get(`${HOOKS}/${id}`);
    expect(json).toMatchObject({ label: null, pending: 0 });
  });

  test.each(REQUESTS)("of the installation is 404 as one's own for %s %s", async (...request) => {
    const admin = await world().person("admin");
    const id = await made(admin, OF_ALL);

    expect((await send(admin, `${HOOKS}/${id}`, request)).status).toBe(404);
    expect((await admin.delete(`${OF_ALL}/${id}`)).status).toBe(204);
  });

  test("is 401 for who is not signed in, and 404 for a malformed id", async () => {
    const owner = await world().member();
    const id = await made(owner);

    for (const request of REQUESTS) {
      const stranger = await send(world().visitor(), `${HOOKS}/${id}`, request);
      const malformed = await send(owner, `${HOOKS}/x`, request);
      expect([stranger.status, malformed.status]).toEqual([401, 404]);
    }
  });

  test("needs account:read to be seen, and account:write and files:read to be changed", async () => {
    const owner = await world().member();
    const id = await made(owner);
    const keys = [["files:read"], ["account:read"], ["account:write"]] as const;
    const [files, reader, writer] = await Promise.all(keys.map((scopes) => owner.makeKey(scopes)));
    const both = await owner.makeKey(["account:write", "files:read"]);

    const statuses = async (client: Client | undefined) => [
      (await client?.get(`${HOOKS}/${id}`))?.status,
      (await client?.patch(`${HOOKS}/${id}`, { label: "b" }))?.status,
      (await client?.post(HOOKS, BODY))?.status,
    ];

    expect(await statuses(files?.client)).toEqual([403, 403, 403]);
    expect(await statuses(reader?.client)).toEqual([200, 403, 403]);
    expect(await statuses(writer?.client)).toEqual([403, 403, 403]);
    expect(await statuses(both.client)).toEqual([403, 200, 201]);
    const { json } = (await writer?.client.post(HOOKS, BODY)) ?? {};
    expect(json).toMatchObject({ code: "insufficient-scope", scope: "files:read" });
  });

  test("is refused to a credential that may not leave a folder", async () => {
    const owner = await world().member();
    const id = await made(owner);
    const { id: rootFolderId } = await owner.makeFolder("a");
    const scopes = ["account:read", "account:write", "files:read"];
    const { client } = await owner.makeKey(scopes, { rootFolderId });

    const answers = [await client.get(HOOKS), await client.post(HOOKS, BODY)];
    for (const request of REQUESTS) {
      answers.push(await send(client, `${HOOKS}/${id}`, request));
    }

    const codes = answers.map(({ status, json }) => [status, json.code]);
    expect(codes).toEqual(answers.map(() => [403, "restricted-credential"]));
    expect((await owner.get(`${HOOKS}/${id}`)).status).toBe(200);
  });
});

describe("The webhooks of the installation", () => {
  test("are shared by all admins, and are none of their own", async () => {
    const [one, two] = [await world().person("admin"), await world().person("admin")];
    await made(one);
    const id = await made(one, OF_ALL);

    const { json } = await two.get(OF_ALL);

    expect(json.items[0]).toMatchObject({ id });
    expect((await two.patch(`${OF_ALL}/${id}`, { label: "b" })).json).toMatchObject({ label: "b" });
    expect((await two.get(HOOKS)).json.items).toEqual([]);
    expect((await one.get(HOOKS)).json.items).toHaveLength(1);
  });

  test("have no folder, and no number to replay from", async () => {
    const admin = await world().person("admin");
    const { id: folderId } = await admin.makeFolder("a");
    const id = await made(admin, OF_ALL);

    const answers = [
      await admin.post(OF_ALL, { ...BODY, folderId }),
      await admin.patch(`${OF_ALL}/${id}`, { folderId }),
      await admin.post(`${OF_ALL}/${id}/replay`, { since: 0 }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  test("are refused to others with 403", async () => {
    const member = await world().member();

    expect((await member.get(OF_ALL)).status).toBe(403);
    expect((await member.post(OF_ALL, BODY)).status).toBe(403);
  });
});
