import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const AT = "2001-02-03T04:05:06.789Z";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Sends a form as it stands, and gives the answer's JSON. */
async function sendForm(client: Client, parts: readonly (readonly [string, string])[]) {
  const body = parts.map(
    ([header, value]) => `--x\r\nContent-Disposition: form-data; ${header}\r\n\r\n${value}\r\n`,
  );
  const type = { "Content-Type": "multipart/form-data; boundary=x" };
  const response = await fetch(`${client.url}/api/v1/upload`, {
    method: "POST",
    headers: { ...type, Cookie: client.cookie },
    body: `${body.join("")}--x--\r\n`,
  });
  return { status: response.status, json: (await response.json()) as FormJson };
}

interface FormJson {
  readonly errors: readonly { readonly pointer: string }[];
  readonly items: readonly {
    readonly file: { readonly modifiedAt: string; readonly updatedAt: string };
  }[];
}

/** Sends an upload with these pairs of `Upload-Metadata`, and gives the answer. */
function createUpload(client: Client, pairs: Readonly<Record<string, string>>) {
  const all = Object.entries({ filename: "a", ...pairs });
  return client.post("/api/v1/uploads", undefined, {
    "Tus-Resumable": "1.0.0",
    "Upload-Length": "0",
    "Upload-Metadata": all.map(([key, value]) => `${key} ${base64(value)}`).join(","),
  });
}

describe("The time at which content was made", () => {
  test("is that of modifiedAt of a raw PUT, for each version anew", async () => {
    const client = await world().member();

    const first = await client.put(`/api/v1/files?name=a&modifiedAt=${AT}`, "1");
    const second = await client.put("/api/v1/files?name=a", "2");

    expect(first.json.modifiedAt).toBe(AT);
    expect(second.json.modifiedAt).toBe(second.json.updatedAt);
  });

  test.each([
    [{ "X-OC-Mtime": "981173106" }, "2001-02-03T04:05:06.000Z"],
    [{ "X-OC-Mtime": "981173106.789" }, AT],
    [{ "X-OC-Mtime": "0" }, "1970-01-01T00:00:00.000Z"],
  ])("is that of %j of a raw PUT", async (headers, expected) => {
    const client = await world().member();

    const { json } = await client.put("/api/v1/files?name=a", "1", headers);

    expect(json.modifiedAt).toBe(expected);
  });

  test.each([
    ["&modifiedAt=2001-02-03", {}, "modifiedAt"],
    ["&modifiedAt=", {}, "modifiedAt"],
    ["", { "X-OC-Mtime": "-1" }, "X-OC-Mtime"],
    ["", { "X-OC-Mtime": "999999999999999" }, "X-OC-Mtime"],
    ["", { "X-OC-Mtime": "yesterday" }, "X-OC-Mtime"],
  ])("is refused where a raw PUT says no time: %j %j", async (query, headers, pointer) => {
    const client = await world().member();

    const { status, json } = await client.put(`/api/v1/files?name=a${query}`, "1", headers);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ pointer }] });
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("is that of the field before the file in a form, and of no other file", async () => {
    const { status, json } = await sendForm(await world().member(), [
      ['name="modifiedAt"', AT],
      ['name="file"; filename="a"', "1"],
      ['name="file"; filename="b"', "2"],
    ]);

    expect(status).toBe(201);
    const [a, b] = json.items.map(({ file }) => file);
    expect(a?.modifiedAt).toBe(AT);
    expect(b?.modifiedAt).toBe(b?.updatedAt);
  });

  test("is refused where a field of a form is no time, and nothing is stored", async () => {
    const client = await world().member();

    const { status, json } = await sendForm(client, [
      ['name="file"; filename="a"', "1"],
      ['name="modifiedAt"', "yesterday"],
      ['name="file"; filename="b"', "2"],
    ]);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ pointer: "/modifiedAt" }]);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test.each([
    [{ modifiedAt: AT }],
    [{ lastModified: String(Date.parse(AT)) }],
    [{ modifiedAt: AT, lastModified: "5" }],
  ])("is that of %j of a resumable upload", async (pairs) => {
    const client = await world().member();

    const { status } = await createUpload(client, pairs);

    expect(status).toBe(201);
    const { json } = await client.get("/api/v1/files");
    expect(json.items).toMatchObject([{ name: "a", modifiedAt: AT }]);
  });

  test.each([[{ modifiedAt: "now" }], [{ lastModified: "1e3" }]])(
    "is refused where a resumable upload says %j",
    async (pairs) => {
      const { status, json } = await createUpload(await world().member(), pairs);

      expect(status).toBe(400);
      expect(json).toMatchObject({ errors: [{ pointer: "Upload-Metadata" }] });
    },
  );
});
