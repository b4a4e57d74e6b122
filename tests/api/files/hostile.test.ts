import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const GIF = Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;", "latin1");
const PNG = Buffer.from(
  "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489",
  "hex",
);

const INERT = { isActiveContent: false };

/** What is found in content that is served as something else, or that runs nothing. */
interface Found {
  readonly type?: string;
  readonly isActiveContent?: boolean;
}

/** What is sent as `image/png`, the only type and disposition that may come back, and what its metadata say. */
const HOSTILE: [name: string, bytes: string | Buffer, served: string, found?: Found][] = [
  ["page.html", "<!doctype html><script>alert(1)</script>", "text/html"],
  ["page.xht", '<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>', "text/html"],
  [
    "page.xhtml",
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
    "application/xhtml+xml",
  ],
  ["image.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"],
  ["image.svg", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"],
  ["style.xml", '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>', "application/xml"],
  ["archive.mht", "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "multipart/related"],
  [
    "run.js",
    "#!/usr/bin/env node\nalert(1)",
    "text/plain; charset=utf-8",
    { type: "text/javascript" },
  ],
  [
    "doc.pdf",
    "%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
    "application/pdf",
  ],
  ["movie.swf", Buffer.from("4657530a00000000", "hex"), "application/x-shockwave-flash"],
  ["image.svgz", Buffer.from("1f8b0800000000000003", "hex"), "application/gzip", INERT],
  ["both.gif", Buffer.concat([GIF, Buffer.from("<script>alert(1)</script>")]), "image/gif", INERT],
  [
    "tail.png",
    Buffer.concat([PNG, Buffer.from("<html><script>alert(1)</script>")]),
    "image/png",
    INERT,
  ],
  ["run.exe", Buffer.from("4d5a90000300000004000000ffff0000", "hex"), "application/x-msdownload"],
];

const INLINE = /^(?:image\/(?:gif|png)|text\/plain; charset=utf-8)$/;

describe("Content that a browser would run", () => {
  test.each(HOSTILE)(
    "in %s is served as what it was found to be, and harmless",
    async (name, bytes, ...[type, found = {}]) => {
      const client = await world().member();
      const { json } = await client.put(`/api/v1/files?name=${name}`, bytes, {
        "Content-Type": "image/png",
      });
      await world().settle();

      const { headers } = await client.get(json.links.content);

      expect(headers["content-type"]).toBe(type);
      expect(headers["content-disposition"]).toMatch(
        INLINE.test(type) ? /^inline;/ : /^attachment;/,
      );
      expect(headers["content-security-policy"]).toBe(
        "sandbox; default-src 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
      });
      expect((await client.get(json.links.metadata)).json).toMatchObject({
        claimedType: "image/png",
        state: "ready",
        type: type.replace(/;.*/, ""),
        isActiveContent: true,
        ...found,
      });
    },
  );

  test("is served as bytes to save until its type was found", async () => {
    const client = await world().member();
    const { json } = await client.put("/api/v1/files?name=a.png", PNG, {
      "Content-Type": "image/png",
    });

    const { status, headers } = await client.get(json.links.content);

    expect(json).toMatchObject({ state: "processing", type: null });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-disposition"]).toMatch(/^attachment;/);
  });

  test.each([
    "text/html",
    "image/svg+xml",
    "x",
    "text/html; charset=x",
    "TEXT/HTML",
    "text/html\tx",
  ])("is never served as the type %j that was claimed for it", async (type) => {
    const client = await world().member();
    const { json } = await client.put("/api/v1/files?name=a", Buffer.from([0, 1, 2]), {
      "Content-Type": type,
    });
    await world().settle();

    const { headers } = await client.get(json.links.content);

    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-disposition"]).toMatch(/^attachment;/);
  });

  test("cannot be framed or sniffed in any JSON either", async () => {
    const client = await world().member();

    const { headers } = await client.get("/api/v1/files");

    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": expect.stringMatching(/no-store/),
      "content-security-policy": expect.stringMatching(/frame-ancestors 'none'/),
      "cross-origin-resource-policy": expect.stringMatching(/^same-/),
    });
  });
});
