import { describe, expect, test } from "@jest/globals";
import type { IdempotencyEntry } from "../../../common/idempotency/entry.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const keys = () => world().mongo.db.collection<IdempotencyEntry>("idempotencyKeys");

interface Request {
  readonly path: string;
  readonly body: object;
  /** What the same request says in another way, and what is another request. */
  readonly same: object;
  readonly other: object;
}

/** Each operation, and how its request is made. */
const OPERATIONS: readonly (readonly [string, (client: Client) => Promise<Request>])[] = [
  [
    "POST /folders",
    () =>
      Promise.resolve({
        path: "/folders",
        body: { name: "b", parentId: "root" },
        same: { parentId: "root", name: "b" },
        other: { name: "c", parentId: "root" },
      }),
  ],
  [
    "POST /folders/{id}/copy",
    async (client) => {
      const { id } = await client.makeFolder("a");
      return {
        path: `/folders/${id}/copy`,
        body: { name: "b", folderId: "root", onConflict: "fail" },
        same: { onConflict: "fail", folderId: "root", name: "b" },
        other: {},
      };
    },
  ],
  [
    "POST /files/{id}/copy that makes a file",
    async (client) => {
      const { id } = await client.store("a", "content");
      return { path: `/files/${id}/copy`, body: {}, same: {}, other: { name: "b" } };
    },
  ],
  [
    "POST /files/{id}/copy that makes a version",
    async (client) => {
      const [{ id }] = [await client.store("a", "content"), await client.store("b", "old")];
      const body = { name: "b", onConflict: "version" };
      const same = { onConflict: "version", name: "b" };
      return { path: `/files/${id}/copy`, body, same, other: { name: "b" } };
    },
  ],
];

const post = (client: Client, path: string, body: object) =>
  client.post(path, body, { "Idempotency-Key": '"k"' });

/** All that the account has, once every job is done. */
async function everything(client: Client) {
  await world().settle();
  const children = (await client.get("/api/v1/folders/root/children")).json.items;
  const jobs = (await client.get("/api/v1/jobs")).json.items.map(({ id }) => id);
  const { bytes, files, reservedBytes } = await client.usage();
  return { names: children.map(({ name }) => name), jobs, bytes, files, reservedBytes };
}

describe.each(OPERATIONS)("%s with an Idempotency-Key", (_, make) => {
  test("gives the first answer again, byte for byte, and makes nothing twice", async () => {
    const client = await world().member();
    const { path, body, same } = await make(client);

    const first = await post(client, `/api/v1${path}`, body);
    const before = await everything(client);
    const again = await post(client, `/api${path}`, same);

    expect(first.status).toBeLessThan(300);
    expect(again.status).toBe(first.status);
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers["location"]).toBe(first.headers["location"]);
    expect(await everything(client)).toEqual(before);
  });

  test("is refused with 422 when it says something else", async () => {
    const client = await world().member();
    const { path, body, other } = await make(client);
    await post(client, `/api/v1${path}`, body);
    const before = await everything(client);

    const { status, json } = await post(client, `/api/v1${path}`, other);

    expect([status, json.code]).toEqual([422, "idempotency-key-reused"]);
    expect(await everything(client)).toEqual(before);
  });

  test("is refused with 409 while it is under way, and finds what was made when its process dies before it answers", async () => {
    const client = await world().member();
    const { path, body } = await make(client);
    const first = await post(client, `/api/v1${path}`, body);
    const before = await everything(client);
    const { id: actorId } = await world().actorOf(client);
    const leaseUntil = new Date(world().mongo.now().getTime() + 20_000);
    await keys().updateOne({ actorId }, { $set: { answer: null, leaseUntil } });

    const meanwhile = await post(client, `/api/v1${path}`, body);
    await keys().updateOne({ actorId }, { $set: { leaseUntil: new Date(0) } });
    const again = await post(client, `/api/v1${path}`, body);

    expect([meanwhile.status, meanwhile.json.code]).toEqual([409, "idempotency-key-in-use"]);
    expect(Number(meanwhile.headers["retry-after"])).toBeGreaterThan(0);
    expect([again.status, again.json.id]).toEqual([first.status, first.json.id]);
    expect(await everything(client)).toEqual(before);
  });

  test("may say something else after a refusal", async () => {
    const client = await world().member();
    const { path, body, other } = await make(client);
    const missing = { ...body, parentId: undefined, folderId: "A".repeat(22) };
    const refusal = path === "/folders" ? { ...body, name: "/" } : missing;

    const refused = await post(client, `/api/v1${path}`, refusal);
    const { status } = await post(client, `/api/v1${path}`, other);

    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(300);
  });
});

describe("POST /folders whose process died before it answered", () => {
  test.each([
    ["put in the trash", 86_400_000],
    ["deleted for good, and is about to be removed", 0],
  ])("is answered as at first when the folder was %s", async (_, trashRetentionMs) => {
    const client = await world().member(await world().addWeb({ trashRetentionMs }));
    const body = { name: "b", parentId: "root" };
    const first = await post(client, "/api/v1/folders", body);
    const { id: actorId } = await world().actorOf(client);
    await keys().updateOne({ actorId }, { $set: { answer: null, leaseUntil: new Date(0) } });
    expect((await client.delete(`/api/v1/folders/${first.json.id}`)).status).toBe(204);

    const again = await post(client, "/api/v1/folders", body);

    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(again.headers["location"]).toBe(first.headers["location"]);
    expect((await everything(client)).names).toEqual([]);
  });
});
