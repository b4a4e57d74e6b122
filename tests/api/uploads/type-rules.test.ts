import { describe, expect, test } from "@jest/globals";
import { Client } from "../../support/client.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { knock, openDoors, statusesOf } from "../files/doors.js";
import { makeGrant } from "../upload-grants/make.js";

const world = useWorld({
  allowedTypes: ["text/*", "image/*", "application/x-msdownload"],
  deniedTypes: ["application/x-msdownload", "image/svg+xml"],
});

const EXE = Buffer.from("4d5a90000300000004000000ffff0000", "hex");
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
/** More than is buffered. */
const LARGE_EXE = Buffer.concat([EXE, Buffer.alloc(100_000)]);

const files = async (client: Client) => (await client.get("/api/v1/files")).json.items as unknown[];

describe("Content of a type that is not stored", () => {
  test.each([
    ["a program", EXE, "application/x-msdownload"],
    ["a large program", LARGE_EXE, "application/x-msdownload"],
    ["an image that is denied", "<svg/>", "image/svg+xml"],
    ["what is not allowed", "%PDF-1.7\n", "application/pdf"],
    ["nothing", "", "application/octet-stream"],
  ])("is refused (415) whatever it claims to be: %s", async (_, bytes, found) => {
    const client = await world().member();

    const { status, json } = await client.put("/api/v1/files?name=a.png", bytes, {
      "Content-Type": "image/png",
    });

    expect([status, json]).toMatchObject([415, { code: "type-not-allowed", found }]);
    expect(await files(client)).toEqual([]);
  });

  test("is refused by every door, which keep nothing of it", async () => {
    const client = await world().member();
    const { url } = world();
    const tus = new TusClient({ url, cookie: client.cookie });
    const { client: grantee } = await makeGrant(client, "root");

    const form = await client.upload([{ name: "a.txt", bytes: EXE }]);
    const large = await client.upload([{ name: "a.txt", bytes: LARGE_EXE }]);
    const path = await client.put("/api/v1/by-path/a.txt", EXE);
    const granted = await grantee.put("/api/v1/files?name=a.txt", EXE);
    const begun = await tus.begin({ "Upload-Length": String(EXE.length) });
    const patched = await tus.patch(begun, { offset: 0, body: EXE });

    expect([form, large, path, granted, patched].map(({ status }) => status)).toEqual([
      415, 415, 415, 415, 415,
    ]);
    expect(await files(client)).toEqual([]);
  });

  test("is refused as a new version, and the file stays as it is", async () => {
    const client = await world().member();
    const { id } = await client.store("a.txt", "hello");

    const { status } = await client.put("/api/v1/files?name=a.txt&onConflict=version", EXE);

    expect(status).toBe(415);
    expect((await client.get(`/api/v1/files/${id}`)).bytes.toString()).toBe("hello");
  });

  test("does not keep out what is allowed", async () => {
    const client = await world().member();

    const text = await client.put("/api/v1/files?name=a.exe", "hello");
    const image = await client.put("/api/v1/files?name=b.exe", PNG);

    expect([text.status, image.status]).toEqual([201, 201]);
  });
});

describe("Content whose type is denied after it was stored", () => {
  test("is given to nobody by any door, and its owner sees why and can delete it", async () => {
    const owner = await world().member();
    const url = await world().addWeb({ allowedTypes: [], deniedTypes: [] });
    const file = await new Client(url, { Cookie: owner.cookie }).store("a.pdf", EXE);
    const doors = await openDoors(world(), { owner, file });
    await world().settle();

    const answers = await knock(doors);

    const [owners, others] = [423, 404];
    expect(statusesOf(answers)).toEqual({
      ...{ file: owners, version: owners, path: owners, share: owners },
      ...{ link: others, folderLink: others, url: others },
    });
    expect(answers["file"]?.json).toMatchObject({
      ...{ code: "type-refused", found: "application/x-msdownload" },
    });
    const { json } = await owner.get(`/api/v1/files/${file.id}/metadata`);
    expect(json).toMatchObject({ state: "failed", type: "application/x-msdownload" });
    expect(json.pipeline[0]).toMatchObject({
      outcome: "failed",
      reason: "content of the type application/x-msdownload is not stored here",
    });
    expect((await owner.delete(`/api/v1/files/${file.id}`)).status).toBe(204);
  });
});
