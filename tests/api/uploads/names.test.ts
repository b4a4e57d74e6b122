import { describe, expect, test } from "@jest/globals";
import { escapeFormName, KEPT_NAMES } from "../../support/names.js";
import { useWorld } from "../../support/use-world.js";
import { body, CLOSING, filePart, FORM_TYPE } from "./raw-form.js";

const world = useWorld();

const long = (bytes: number) => "n".repeat(bytes);

/** A name that looks as if it had another extension. */
const reordering = (character: string): [string, string] => [
  `with U+${character.charCodeAt(0).toString(16)}`,
  `a${character}gnp.exe`,
];

const REFUSED: [string, string][] = [
  ["of nothing", ""],
  ["of a dot", "."],
  ["of two dots", ".."],
  ["of spaces", "  "],
  ["of wide spaces", "\u3000\u00a0"],
  ["of 256 bytes", long(256)],
  ["of 128 characters of two bytes", "ü".repeat(128)],
  ["of 4,096 bytes", long(4096)],
  ["with NUL", "a\0b"],
  ["with CR LF", "a\r\nSet-Cookie: x"],
  ["with an escape sequence", "a\u001b[31m"],
  ["of marks of direction", "\u200e\u200f\u061c"],
  ["of a joiner and spaces", " \u200d "],
  ...Array.from("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", (character) =>
    reordering(character),
  ),
  ["with a replacement character", "a\ufffdb"],
];

const PATHS: [string, string][] = [
  ["../../etc/passwd", "passwd"],
  ["..\\..\\boot.ini", "boot.ini"],
  ["/abs", "abs"],
  ["C:\\x", "x"],
  ["a/../b", "b"],
  ["a//b", "b"],
  ["./b", "b"],
  ["a\\b/c", "c"],
  ["C:/a/b", "b"],
];

describe("A file name", () => {
  test.each(KEPT_NAMES)(
    "%j comes back as it was sent, by both doors and as a download",
    async (name) => {
      const client = await world().member();

      const raw = await client.store(name, "x");
      const parameter = `filename="${escapeFormName(name)}"`;
      const form = await client.post("/api/v1/upload", body(filePart(parameter, "y"), CLOSING), {
        "Content-Type": FORM_TYPE,
      });

      expect(raw.name).toBe(name);
      expect(form.json.items).toMatchObject([{ status: 200, file: { id: raw.id, name } }]);
      const { headers } = await client.get(raw.links.content);
      expect(nameIn(headers["content-disposition"])).toBe(name);
    },
  );

  test("is stored composed, so that both forms of an accent are one name", async () => {
    const client = await world().member();
    const { id, name } = await client.store("e\u0301.txt", "x");

    const { status, json } = await client.put(
      `/api/v1/files?name=${encodeURIComponent("é.txt")}`,
      "",
    );

    expect(name).toBe("\u00e9.txt");
    expect([status, json.id]).toEqual([200, id]);
  });

  test("that differs in letter case is another name", async () => {
    const client = await world().member();
    await client.store("a.txt", "x");

    expect((await client.put("/api/v1/files?name=A.txt", "")).status).toBe(201);
  });

  test.each(REFUSED)("%s is answered 400", async (_, name) => {
    const client = await world().member();

    const { status, json } = await client.put(
      `/api/v1/files?name=${encodeURIComponent(name)}`,
      "x",
    );

    expect(`${status} ${json.code}`).toBe("400 invalid-name");
    expect(json.errors).toEqual([{ in: "query", pointer: "name", detail: json.detail }]);
  });

  test.each(REFUSED.filter(([, name]) => !name.includes("\0")))(
    "%s is answered 400 in a form",
    async (_, name) => {
      const client = await world().member();
      const form = body(filePart(`filename="${escapeFormName(name)}"`), CLOSING);

      const { status, json } = await client.post("/api/v1/upload", form, {
        "Content-Type": FORM_TYPE,
      });

      expect(`${status} ${json.code}`).toBe("400 invalid-name");
      expect(json.errors).toEqual([{ in: "body", pointer: "/file/0", detail: json.detail }]);
    },
  );

  test.each([
    ["invalid UTF-8", Buffer.from([0x61, 0xff, 0x62])],
    ["a lone surrogate", Buffer.from([0x61, 0xed, 0xa0, 0x80])],
  ])("with %s is answered 400 by both doors", async (_, bytes) => {
    const client = await world().member();
    const parameter = Buffer.concat([Buffer.from('filename="'), bytes, Buffer.from('"')]);
    const [before, after] = filePart("NAME").toString().split("NAME");
    const form = body(before ?? "", parameter, after ?? "", CLOSING);

    const inForm = await client.post("/api/v1/upload", form, { "Content-Type": FORM_TYPE });
    const percent = bytes.toString("hex").replace(/../g, "%$&");
    const inQuery = await client.put(`/api/v1/files?name=${percent}`, "x");

    expect(`${inForm.status} ${inForm.json.code}`).toBe("400 invalid-name");
    expect(inQuery.status).toBe(400);
  });

  test.each(PATHS)(
    "%j is refused in a query, and in a form its last segment counts",
    async (path, last) => {
      const client = await world().member();

      const inQuery = await client.put(`/api/v1/files?name=${encodeURIComponent(path)}`, "x");
      const inForm = await client.post(
        "/api/v1/upload",
        body(filePart(`filename="${path}"`), CLOSING),
        {
          "Content-Type": FORM_TYPE,
        },
      );

      expect(`${inQuery.status} ${inQuery.json.code}`).toBe("400 invalid-name");
      expect(inForm.json.items.map(({ file }) => file.name)).toEqual([last]);
    },
  );

  test("never stands in the bucket, where blobs are named by their own ids", async () => {
    const client = await world().member();
    await client.store("secret plan.txt", "x");

    const blobs = await world().mongo.db.collection("blobs.files").find().toArray();

    expect(blobs.map((blob) => blob["filename"] as string)).toEqual(
      blobs.map(({ _id }) => _id.toHexString()),
    );
    expect(JSON.stringify(blobs)).not.toContain("secret");
  });
});

/** Reads the one field that a download says its name in (RFC 6266 §4.3). */
function nameIn(disposition = ""): string {
  const [, encoded = ""] =
    /^(?:inline|attachment); filename="[\x20\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$/.exec(
      disposition,
    ) ?? [];
  return decodeURIComponent(encoded);
}
