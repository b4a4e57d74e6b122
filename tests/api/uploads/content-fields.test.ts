import { describe, expect, test } from "@jest/globals";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const TUS = { "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream" };
const FORM =
  '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const json = (path: string, body: object): Request => ({
  method: "POST",
  path,
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json" },
});

const form = (path: string): Request => ({
  method: "POST",
  path,
  body: FORM,
  headers: { "Content-Type": "multipart/form-data; boundary=b" },
});

/** Every request that has content. */
const DOORS: Readonly<Record<string, (client: Client) => Promise<Request> | Request>> = {
  "PUT /files": () => ({
    method: "PUT",
    path: "/api/v1/files?name=a.txt",
    body: "hello",
    headers: {},
  }),
  "POST /files": () => form("/api/v1/files"),
  "POST /upload": () => form("/api/v1/upload"),
  "POST /uploads": () => ({
    method: "POST",
    path: "/api/v1/uploads",
    body: "hello",
    headers: { ...TUS, "Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ=" },
  }),
  "PATCH /uploads/{id}": (client) => piece(client, "PATCH", {}),
  "POST /uploads/{id}": (client) => piece(client, "POST", { "X-HTTP-Method-Override": "PATCH" }),
  "POST /folders": () => json("/api/v1/folders", { name: "a.txt", parentId: "root" }),
  "POST /register": () => json("/api/v1/register", somebody()),
  "POST /login": () => json("/api/v1/login", somebody()),
};

/** The only piece of an upload that has begun. */
async function piece(client: Client, method: string, fields: object): Promise<Request> {
  const creation = { "Tus-Resumable": "1.0.0", "Upload-Length": "5" };
  const { headers } = await client.post("/api/v1/uploads", undefined, creation);
  const path = new URL(headers["location"] ?? "", client.url).pathname;
  return { method, path, body: "hello", headers: { ...TUS, ...fields, "Upload-Offset": "0" } };
}

async function send(client: Client, { method, path, body, headers }: Request) {
  const all = { Cookie: client.cookie, ...headers };
  const answer = await fetch(client.url + path, { method, body, headers: all });
  const text = await answer.text();
  return {
    status: answer.status,
    fields: answer.headers,
    problem: text === "" ? {} : (JSON.parse(text) as object),
  };
}

/** Unfinished uploads are the client's to give up. */
async function giveUp(client: Client, { path }: Request): Promise<void> {
  if (/uploads\/./.test(path)) await client.delete(path, { "Tus-Resumable": "1.0.0" });
}

const doors = Object.entries(DOORS).map(([name, door]) => ({ name, door }));

describe("Content that is a part (Content-Range)", () => {
  test.each(doors)("is answered 400 by $name, and nothing is stored", async ({ door }) => {
    const client = await world().member();
    await client.store("a.txt", "kept");
    const request = await door(client);

    for (const range of ["bytes 2-6/7", "bytes 0-4/5", "bytes */5", "pages 1-2/2"]) {
      const headers = { ...request.headers, "Content-Range": range };
      const { status, fields, problem } = await send(client, { ...request, headers });

      expect(status).toBe(400);
      expect(problem).toMatchObject({
        code: "invalid-request",
        errors: [{ in: "header", pointer: "Content-Range" }],
      });
      expect(fields.has("accept-encoding")).toBe(false);
    }

    await giveUp(client, request);
    const { json: list } = await client.get("/api/v1/folders/root/children");
    expect(list.items).toMatchObject([{ name: "a.txt", sizeBytes: 4 }]);
  });
});

describe("Content that is encoded (Content-Encoding)", () => {
  test.each(doors)("is answered 415 by $name, and nothing is stored", async ({ door }) => {
    const client = await world().member();
    await client.store("a.txt", "kept");
    const request = await door(client);

    for (const coding of ["gzip", "br", "zstd", "aws-chunked", "identity, gzip", "utf-8"]) {
      const headers = { ...request.headers, "Content-Encoding": coding };
      const { status, fields, problem } = await send(client, { ...request, headers });

      expect([coding, status, fields.get("accept-encoding")]).toEqual([coding, 415, "identity"]);
      expect(problem).toMatchObject({ code: "unsupported-media-type" });
    }

    await giveUp(client, request);
    const { json: list } = await client.get("/api/v1/folders/root/children");
    expect(list.items).toMatchObject([{ name: "a.txt", sizeBytes: 4 }]);
  });

  test.each(["identity", "Identity", "", "identity, identity"])(
    "is taken as it is when the coding is %j",
    async (coding) => {
      const client = await world().member();

      const headers = { "Content-Encoding": coding };
      const { status } = await client.put("/api/v1/files?name=a.txt", "hello", headers);
      const folder = await client.post("/api/v1/folders", { name: "b", parentId: "root" }, headers);

      expect([status, folder.status]).toEqual([201, 201]);
    },
  );
});

test("A 415 for another media type names no coding", async () => {
  const client = await world().member();

  const { status, headers } = await client.put("/api/v1/files", "x");
  const form415 = await client.post("/api/v1/files", {});

  expect([status, headers["accept-encoding"]]).toEqual([400, undefined]);
  expect([form415.status, form415.headers["accept-encoding"]]).toEqual([415, undefined]);
});

test.each([
  ["Range", "bytes=0-1"],
  ["If-Range", '"x"'],
  ["Content-Location", "/elsewhere"],
  ["Content-Language", "mi"],
  ["Content-Disposition", 'attachment; filename="other.txt"'],
  ["Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="],
  ["Digest", "md5=AAAAAAAAAAAAAAAAAAAAAA=="],
  ["Repr-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:"],
  ["Content-Type", "text/plain; charset=utf-16"],
])("%s does not change what a PUT stores", async (field, value) => {
  const client = await world().member();

  const { status, json: file } = await client.put("/api/v1/files?name=a.txt", "hello", {
    [field]: value,
  });

  expect([status, file.name]).toEqual([201, "a.txt"]);
  expect((await client.get(file.links.content)).bytes.toString()).toBe("hello");
});

test("Fields of a part that RFC 7578 does not know do not change what is stored", async () => {
  const client = await world().member();
  const fields = "Content-Encoding: gzip\r\nContent-Range: bytes 5-9/10\r\nContent-Language: mi";
  const body = FORM.replace("\r\n\r\n", `\r\n${fields}\r\n\r\n`);

  const { status } = await send(client, { ...form("/api/v1/files"), body });

  expect(status).toBe(201);
  const { json: list } = await client.get("/api/v1/files");
  expect(list.items).toMatchObject([{ name: "a.txt", sizeBytes: 5 }]);
});
