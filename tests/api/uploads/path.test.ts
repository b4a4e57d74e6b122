import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { at, folders } from "../by-path/tree.js";
import { body, CLOSING, FORM_TYPE, part } from "./raw-form.js";

const world = useWorld();

type Said = Readonly<Record<string, string>>;

const field = (name: string, value: string) =>
  part([`Content-Disposition: form-data; name="${name}"`], value);
const file = (name: string) =>
  part([`Content-Disposition: form-data; name="file"; filename="${name}"`], "hello");

interface Around {
  readonly headers?: Said;
  readonly query?: string;
}

const sendForm = (
  client: Client,
  parts: readonly Buffer[],
  { headers = {}, query = "" }: Around = {},
) => {
  const fields = { "Content-Type": FORM_TYPE, ...headers };
  return client.post(`/api/v1/upload?${query}`, body(...parts, CLOSING), fields);
};

/** Stores a file `name` in the way of each door, with these words about its place. */
const DOORS = [
  [
    "a raw PUT",
    (client: Client, said: Said, name = "a") =>
      client.put(`/api/v1/files?${String(new URLSearchParams({ ...said, name }))}`, "hello"),
  ],
  [
    "the query of a form",
    (client: Client, said: Said, name = "a") =>
      sendForm(client, [file(name)], { query: String(new URLSearchParams(said)) }),
  ],
  [
    "the fields of a form",
    (client: Client, said: Said, name = "a") =>
      sendForm(client, [...Object.entries(said).map((pair) => field(...pair)), file(name)]),
  ],
  [
    "tus",
    async (client: Client, said: Said, name = "a") => {
      const fields = { "Upload-Length": "5", ...uploadMetadata({ filename: name, ...said }) };
      const answer = await new TusClient(client).create(fields, Buffer.from("hello"));
      return { status: answer.status, json: answer.problem };
    },
  ],
] as const;

const isThere = async (client: Client, ...names: string[]) =>
  (await client.get(`${at(...names)}?metadata`)).status === 200;

describe.each(DOORS)("A path in %s", (_, send) => {
  test("names the folder, with or without a slash at its ends", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("photos");
    await client.makeFolder("2026", id);

    for (const [n, path] of ["photos/2026", "/photos/2026", "photos/2026/", "/"].entries()) {
      expect((await send(client, { path }, `a${n}`)).status).toBe(201);
    }

    expect(await isThere(client, "photos", "2026", "a0")).toBe(true);
    expect(await isThere(client, "photos", "2026", "a1")).toBe(true);
    expect(await isThere(client, "photos", "2026", "a2")).toBe(true);
    expect(await isThere(client, "a3")).toBe(true);
  });

  test("is made with parents=true", async () => {
    const client = await world().member();

    expect((await send(client, { path: "/a/e\u0301", parents: "true" }, "b")).status).toBe(201);
    expect((await send(client, { path: "a/é", parents: "true" }, "c")).status).toBe(201);

    expect(await isThere(client, "a", "é", "b")).toBe(true);
    expect(await isThere(client, "a", "é", "c")).toBe(true);
  });

  test.each([{}, { parents: "false" }])(
    "without its folder is 409 parent-missing: %j",
    async (said) => {
      const client = await world().member();

      const { status, json } = await send(client, { path: "a/b", ...said });

      expect([status, json]).toMatchObject([409, { code: "parent-missing", path: "/a" }]);
      expect(await isThere(client, "a")).toBe(false);
      expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
    },
  );

  test("with a file in the way is 409 name-taken", async () => {
    const client = await world().member();
    await client.store("a", "content");

    const { status, json } = await send(client, { path: "a/b", parents: "true" });

    expect([status, json]).toMatchObject([409, { code: "name-taken", name: "a" }]);
    expect(await client.usage()).toMatchObject({ files: 1, reservedBytes: 0 });
  });

  test("that none can be is 400, and says where it was", async () => {
    const client = await world().member();

    for (const path of ["a//b", "../a", "a/.", "a\\b", "//", folders(65).join("/")]) {
      const { status, json } = await send(client, { path, parents: "true" });
      const [fault] = (json as { errors?: { pointer: string }[] } | undefined)?.errors ?? [];
      expect([path, status]).toEqual([path, 400]);
      expect(["path", "/path", "/parents", "Upload-Metadata"]).toContain(fault?.pointer);
    }
    expect((await client.get("/api/v1/folders/root/children")).json.items).toEqual([]);
  });

  test("beside a folderId is 400", async () => {
    const client = await world().member();
    const { id: folderId } = await client.makeFolder("a");

    const { status, json } = await send(client, { folderId, path: "a" });

    expect([status, json]).toMatchObject([400, { code: "invalid-request" }]);
  });

  test("is not made for a file that cannot have its name", async () => {
    const client = await world().member();

    expect((await send(client, { path: "a", parents: "true" }, "\u202e")).status).toBe(400);

    expect(await isThere(client, "a")).toBe(false);
  });

  test("is made once by requests at the same time", async () => {
    const client = await world().member();
    const names = ["a", "b", "c", "d", "e"];

    const answers = await Promise.all(
      names.map((name) => send(client, { path: "p/q/r", parents: "true" }, name)),
    );

    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    for (const name of names) expect(await isThere(client, "p", "q", "r", name)).toBe(true);
  });
});

test("A path begins at the folder that a key may not leave", async () => {
  const client = await world().member();
  const { id } = await client.makeFolder("inside");
  const { client: holder, key } = await client.makeKey(["files:write"], { rootFolderId: id });
  const said = { path: "/a/b", parents: "" };

  await holder.put("/api/v1/files?name=raw&path=/a/b&parents", "hello");
  await sendForm(holder, [field("path", "a/b"), field("parents", "on"), file("form")]);
  const fields = { "Upload-Length": "5", ...uploadMetadata({ filename: "tus", ...said }) };
  await new TusClient({ url: world().url, token: key }).create(fields, Buffer.from("hello"));

  for (const name of ["raw", "form", "tus"]) {
    expect(await isThere(client, "inside", "a", "b", name)).toBe(true);
  }
});

describe("Fields of a form about the place", () => {
  test("count for the files after them", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("folder");

    const { status } = await sendForm(client, [
      file("before"),
      field("folderId", id),
      file("first"),
      file("second"),
    ]);

    expect(status).toBe(201);
    expect(await isThere(client, "before")).toBe(true);
    expect(await isThere(client, "folder", "first")).toBe(true);
    expect(await isThere(client, "folder", "second")).toBe(true);
  });

  test.each([
    ["after all files", () => [file("a"), field("path", "p")], "/path"],
    ["given twice", () => [field("path", "p"), field("path", "q"), file("a")], "/path"],
    ["that are no switch", () => [field("parents", "yes"), file("a")], "/parents"],
    [
      "in the way of an id",
      () => [field("path", "p"), field("folderId", newId()), file("a")],
      "/folderId",
    ],
  ])("%s are 400, and nothing is stored", async (_, partsOf, pointer) => {
    const client = await world().member();
    await client.makeFolder("p");

    const { status, json } = await sendForm(client, partsOf());

    expect([status, json]).toMatchObject([400, { errors: [{ in: "body", pointer }] }]);
    expect(await client.usage()).toMatchObject({ files: 0, reservedBytes: 0 });
  });

  test("that the query has given already are 400", async () => {
    const client = await world().member();
    await client.makeFolder("p");

    for (const query of ["path=p", "folderId=root"]) {
      const { status } = await sendForm(client, [field("path", "p"), file("a")], { query });
      expect(status).toBe(400);
    }
  });

  test("say nothing when they are empty, as a page sends them", async () => {
    const client = await world().member();
    const empty = ["folderId", "path", "parents"].map((name) => field(name, ""));

    expect((await sendForm(client, [...empty, file("a")])).status).toBe(201);

    expect(await isThere(client, "a")).toBe(true);
  });

  test("are part of a request with an Idempotency-Key", async () => {
    const client = await world().member();
    const headers = { "Idempotency-Key": newId() };
    const send = (path: string) =>
      sendForm(client, [field("path", path), field("parents", "true"), file("a")], { headers });

    const first = await send("p");
    await client.delete(at("p"));

    expect((await send("p")).json).toEqual(first.json);
    expect((await send("q")).status).toBe(422);
    expect(await isThere(client, "q")).toBe(false);
  });
});

test("A tus upload with parents that is no switch is 400", async () => {
  const client = await world().member();
  const said = uploadMetadata({ filename: "a", path: "p", parents: "yes" });

  const { status } = await new TusClient(client).create({ "Upload-Length": "5", ...said });

  expect(status).toBe(400);
});
