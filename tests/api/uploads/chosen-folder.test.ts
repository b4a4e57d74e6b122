import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { at, folders } from "../by-path/tree.js";
import { body, CLOSING, filePart, FORM_TYPE } from "./raw-form.js";

const world = useWorld();

/** Sends files with these names in one form. */
const send = (
  client: Client,
  names: readonly string[],
  { query = "", headers = {} }: { readonly query?: string; readonly headers?: object } = {},
) =>
  client.post(
    `/api/v1/upload?${query}`,
    body(...names.map((name) => filePart(`filename="${name}"`, name)), CLOSING),
    { "Content-Type": FORM_TYPE, ...headers },
  );

const textAt = async (client: Client, path: string) =>
  (await client.get(at(...path.split("/")))).bytes.toString();

describe("A form with the files of a chosen folder", () => {
  test("makes its folders, below the place of the form", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("place");
    const names = ["dir/a", "dir/sub/b", "dir/sub/c", "dir/e\u0301/d", "e", "dir/f"];

    const { status, json } = await send(client, names, { query: `folderId=${id}` });

    expect(status).toBe(201);
    expect(json.items.map(({ file }) => file.path)).toEqual(
      names.map((name) => `/place/${name.normalize("NFC")}`),
    );
    for (const name of names) expect(await textAt(client, `place/${name}`)).toBe(name);
  });

  test("uses the folders that are there, and replaces the files", async () => {
    const client = await world().member();

    await send(client, ["dir/a", "dir/b"]);
    const { json } = await send(client, ["dir/b", "dir/c"]);

    expect(json.items.map(({ status }) => status)).toEqual([200, 201]);
    const { items } = (await client.get("/api/v1/folders/root/children")).json;
    expect(items.map(({ name }) => name)).toEqual(["dir"]);
  });

  test("is refused only the files that cannot be there", async () => {
    const client = await world().member();
    await client.store("taken", "content");
    const bad = ["taken/a", "dir/\u202e", "\u202e/b", `${folders(65).join("/")}/c`];

    const { status, json } = await send(client, [...bad, "dir/good"]);

    expect(status).toBe(207);
    expect(json.items.map((item) => item.status)).toEqual([409, 400, 400, 409, 201]);
    expect(await textAt(client, "dir/good")).toBe("dir/good");
    const { items } = (await client.get("/api/v1/folders/root/children")).json;
    expect(items.map(({ name }) => name).sort()).toEqual(["dir", "taken"]);
  });

  test("is refused whole where the folder of the form does not exist: nothing is made", async () => {
    const client = await world().member();

    expect((await send(client, ["dir/a"], { query: "path=missing" })).status).toBe(409);
    expect((await send(client, ["dir/a"], { query: `folderId=${newId()}` })).status).toBe(404);

    expect((await client.get("/api/v1/folders/root/children")).json.items).toEqual([]);
  });

  test("with an Idempotency-Key is the same only with the same folders", async () => {
    const client = await world().member();
    const headers = { "Idempotency-Key": newId() };
    const first = await send(client, ["a/x", "b/x"], { headers });

    const again = await send(client, ["a/x", "b/x"], { headers });

    expect(again.json).toEqual(first.json);
    // The same names and the same bytes, in another folder.
    const moved = body(
      ...["a/x", "c/x"].map((name, n) => filePart(`filename="${name}"`, ["a/x", "b/x"][n])),
      CLOSING,
    );
    const type = { "Content-Type": FORM_TYPE };
    const other = await client.post("/api/v1/upload", moved, { ...type, ...headers });
    expect(other.status).toBe(422);
    expect((await client.get(at("c"))).status).toBe(404);
  });

  test("stays in the folder that a key may not leave", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("inside");
    const key = await client.makeKey(["files:write"], { rootFolderId: id });

    await send(key.client, ["dir/a", "../b"]);

    expect(await textAt(client, "inside/dir/a")).toBe("dir/a");
    expect(await textAt(client, "inside/b")).toBe("../b");
  });
});

describe("relativePath of tus", () => {
  const create = (client: Client, values: Readonly<Record<string, string>>) => {
    const fields = { "Upload-Length": "5", ...uploadMetadata({ filename: "a", ...values }) };
    return new TusClient(client).create(fields, Buffer.from("hello"));
  };

  test.each([
    ["dir/sub/a", "place/dir/sub/a"],
    ["/dir/a", "place/dir/a"],
    ["a", "place/a"],
    ["/a", "place/a"],
    ["null", "place/a"],
    ["", "place/a"],
    ["../a", "place/a"],
    ["dir\\a", "place/a"],
  ])("%j stores at %j", async (relativePath, path) => {
    const client = await world().member();
    await client.makeFolder("place");

    expect((await create(client, { relativePath, path: "place" })).status).toBe(201);

    expect(await textAt(client, path)).toBe("hello");
  });

  test("makes each folder once, however many uploads begin at once", async () => {
    const client = await world().member();
    const names = ["a", "b", "c", "d", "e", "f"];

    const answers = await Promise.all(
      names.map((filename) => create(client, { filename, relativePath: `x/y/${filename}` })),
    );

    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    for (const name of names) expect(await textAt(client, `x/y/${name}`)).toBe("hello");
  });

  test("that leads through a file, too deep or through no name is refused", async () => {
    const client = await world().member();
    await client.store("taken", "content");
    const refused = async (relativePath: string) =>
      (await create(client, { relativePath })).problem?.code;

    expect(await refused("taken/a")).toBe("name-taken");
    expect(await refused(`${folders(65).join("/")}/a`)).toBe("folder-too-deep");
    expect(await refused("\u202e/a")).toBe("invalid-name");
  });
});
