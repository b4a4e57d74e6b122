import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { FolderJson } from "../../support/answer-json.js";
import { type Answer, Client } from "../../support/client.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const SCOPES = ["files:read", "files:write", "files:delete", "account:read"];
const TWO_BYTES = { "Upload-Length": "2" };

/** An account with a folder `inside`, which a key may not leave, a folder below it, and one beside it; a file in each. */
async function limitedKey() {
  const owner = await world().member();
  const put = async (folderId: string) =>
    (await owner.put(`/api/v1/files?name=${newId()}&folderId=${folderId}`, "content")).json.id;
  const inside = (await owner.makeFolder("inside")).id;
  const deep = (await owner.makeFolder("deep", inside)).id;
  const outside = (await owner.makeFolder("outside")).id;
  const home = (await world().actorOf(owner)).home.rootFolderId;
  const files = { inside: await put(inside), deep: await put(deep), outside: await put(outside) };
  const { client, key } = await owner.makeKey(SCOPES, { rootFolderId: inside });
  const url = world().url;
  return {
    owner,
    key: client,
    folders: { inside, deep, outside, home },
    files: { ...files, root: await put("root") },
    ownTus: new TusClient({ url, cookie: owner.cookie }),
    keyTus: new TusClient({ url, token: key }),
  };
}

const withoutIds = ({ status, headers, json }: Answer) => ({
  status,
  headers: { ...headers, date: "", "x-request-id": "", ratelimit: "" },
  json: { ...json, requestId: "" },
});

describe("A key that may not leave a folder", () => {
  test("takes the folder for its root", async () => {
    const { key, folders, files } = await limitedKey();

    const { json } = await key.get("/api/v1/files");
    const made = await key.put("/api/v1/files?name=new", "a");
    const form = await key.upload([{ name: "form", bytes: "a" }]);
    const folder = await key.makeFolder("new folder");

    expect(json.items.map(({ id }) => id)).toEqual([files.inside]);
    expect(made.json.folderId).toBe(folders.inside);
    expect(form.json.items[0]?.file.folderId).toBe(folders.inside);
    expect(folder.parentId).toBe(folders.inside);
    expect((await key.get("/api/v1/folders/root")).json.id).toBe(folders.inside);
  });

  test("does not learn what its root lies in, as its owner does", async () => {
    const { owner, key, folders } = await limitedKey();
    const parents = async (client: Client) => {
      const answers = [folders.inside, folders.deep].map((id) =>
        client.get(`/api/v1/folders/${id}`),
      );
      return (await Promise.all(answers)).map(
        ({ json }) => (json as unknown as FolderJson).parentId,
      );
    };

    expect(await parents(key)).toEqual([null, folders.inside]);
    expect(await parents(owner)).toEqual([folders.home, folders.inside]);
  });

  test("does all that its scopes allow with what lies in it and below", async () => {
    const { key, folders, files } = await limitedKey();

    expect((await key.get(`/api/v1/files/${files.deep}`)).bytes.toString()).toBe("content");
    expect((await key.get(`/api/v1/folders/${folders.deep}/children`)).status).toBe(200);
    expect((await key.put(`/api/v1/files?name=b&folderId=${folders.deep}`, "b")).status).toBe(201);
    expect((await key.delete(`/api/v1/files/${files.deep}`)).status).toBe(204);
    expect((await key.delete(`/api/v1/files/${files.inside}`)).status).toBe(204);
  });

  test.each<[string, (key: Client, id: string) => Promise<Answer>]>([
    ["GET of a file", (key, id) => key.get(`/api/v1/files/${id}`)],
    ["HEAD of a file", (key, id) => key.head(`/api/v1/files/${id}`)],
    ["GET of its metadata", (key, id) => key.get(`/api/v1/files/${id}/metadata`)],
    ["DELETE of a file", (key, id) => key.delete(`/api/v1/files/${id}`)],
  ])("does not know what lies elsewhere: %s", async (_title, ask) => {
    const { owner, key, files } = await limitedKey();

    const missing = withoutIds(await ask(key, newId()));
    for (const id of [files.outside, files.root]) {
      const { status, headers, json } = withoutIds(await ask(key, id));
      expect({ status, headers, json }).toEqual(missing);
      expect((await owner.get(`/api/v1/files/${id}`)).status).toBe(200);
    }
  });

  test.each<[string, (key: Client, id: string) => Promise<Answer>]>([
    ["GET of a folder", (key, id) => key.get(`/api/v1/folders/${id}`)],
    ["GET of its children", (key, id) => key.get(`/api/v1/folders/${id}/children`)],
    ["a folder in it", (key, id) => key.post("/api/v1/folders", { name: "a", parentId: id })],
    ["PUT into it", (key, id) => key.put(`/api/v1/files?name=a&folderId=${id}`, "a")],
    [
      "a form into it",
      (key, id) => key.upload([{ name: "a", bytes: "a" }], `/api/v1/upload?folderId=${id}`),
    ],
  ])("does not know what lies elsewhere: %s", async (_title, ask) => {
    const { key, folders } = await limitedKey();

    for (const id of [folders.outside, folders.home]) {
      expect((await ask(key, id)).status).toBe(404);
    }
  });

  test("sends resumable uploads into it alone", async () => {
    const { owner, keyTus, folders } = await limitedKey();

    const path = await keyTus.begin(TWO_BYTES, Buffer.from("ab"));
    for (const folderId of [folders.outside, folders.home]) {
      const fields = { ...TWO_BYTES, ...uploadMetadata({ folderId }) };
      expect((await keyTus.create(fields)).status).toBe(404);
    }

    const location = (await keyTus.head(path)).headers.get("content-location") ?? "";
    expect((await owner.get(location)).json.folderId).toBe(folders.inside);
  });

  test("does not know its owner's uploads to other folders: HEAD, PATCH, DELETE, as a part", async () => {
    const { ownTus, keyTus, folders } = await limitedKey();
    const part = { ...TWO_BYTES, "Upload-Concat": "partial" };
    const published = await ownTus.begin(TWO_BYTES, Buffer.from("ab"));
    const unfinished = await ownTus.begin(TWO_BYTES, Buffer.from("a"));
    const ownPart = await ownTus.begin(part, Buffer.from("ab"));

    for (const path of [published, unfinished, ownPart]) {
      expect((await keyTus.head(path)).status).toBe(404);
      expect((await keyTus.patch(path, { offset: 1, body: Buffer.from("b") })).status).toBe(404);
      expect((await keyTus.terminate(path)).status).toBe(404);
    }
    const final = { "Upload-Concat": `final;${ownPart}` };
    expect((await keyTus.create(final)).status).toBe(404);

    expect(await ownTus.offset(unfinished)).toBe(1);
    const inFolder = uploadMetadata({ folderId: folders.deep });
    const reachable = await ownTus.begin({ ...TWO_BYTES, ...inFolder }, Buffer.from("a"));
    expect(await keyTus.offset(reachable)).toBe(1);
    for (const path of [unfinished, reachable, ownPart]) await ownTus.terminate(path);
  });

  test("concatenates its own parts", async () => {
    const { keyTus } = await limitedKey();
    const part = await keyTus.begin(
      { ...TWO_BYTES, "Upload-Concat": "partial" },
      Buffer.from("ab"),
    );

    expect((await keyTus.create({ "Upload-Concat": `final;${part}` })).status).toBe(201);
  });

  test("gets no answer that its owner got elsewhere under the same Idempotency-Key", async () => {
    const { owner, key, folders } = await limitedKey();
    const keyed = { "Idempotency-Key": "k" };
    const first = await owner.put("/api/v1/files?name=same", "secret", keyed);

    const other = await key.put("/api/v1/files?name=same", "secret", keyed);
    const again = await key.put("/api/v1/files?name=same", "secret", keyed);

    expect(other.status).toBe(201);
    expect(other.json.id).not.toBe(first.json.id);
    expect(other.json.folderId).toBe(folders.inside);
    expect(again.json.id).toBe(other.json.id);
    expect((await key.put("/api/v1/files?name=same", "other", keyed)).status).toBe(422);
    expect((await owner.put("/api/v1/files?name=same", "secret", keyed)).json.id).toBe(
      first.json.id,
    );
  });

  test("may be limited to the root of the home, and reaches everything then", async () => {
    const { owner, folders, files } = await limitedKey();
    const { client } = await owner.makeKey(SCOPES, { rootFolderId: folders.home });

    expect((await client.get(`/api/v1/files/${files.root}`)).status).toBe(200);
    expect((await client.get(`/api/v1/files/${files.deep}`)).status).toBe(200);
  });
});
