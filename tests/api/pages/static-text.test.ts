import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const OUTPUT = { maxBuffer: 10 * 1024 ** 2 };

const DECODE = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes };

/** Without a client that decodes by itself. */
async function ask(path: string, fields: Readonly<Record<string, string>> = {}, method = "GET") {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const raw = await world().raw();
  raw.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines.join("")}\r\n`);
  const { status, headers, body } = await raw.ended();
  return { status, headers, bytes: Buffer.from(body, "latin1") };
}

/** A text of each kind; the script is the largest. */
async function texts(): Promise<string[]> {
  const { bytes } = await ask("/docs");
  const assets = [...bytes.toString().matchAll(/(?:href|src)="(\/assets[^"]+)"/g)];
  return ["/openapi.json", "/docs", "/problems", ...assets.map(([, path = ""]) => path)];
}

describe("A text that is the same for everybody", () => {
  test("is sent as the client accepts it, and is the same text", async () => {
    const paths = await texts();

    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) {
      const plain = await ask(path);
      expect([path, plain.status, plain.headers["content-encoding"]]).toEqual([
        path,
        200,
        undefined,
      ]);
      for (const coding of ["br", "gzip", "identity"] as const) {
        const { headers, bytes } = await ask(path, { "Accept-Encoding": coding });
        const sent = headers["content-encoding"] ?? "identity";
        expect(headers["vary"]).toContain("Accept-Encoding");
        expect(headers["content-length"]).toBe(String(bytes.length));
        expect(DECODE[sent as typeof coding](bytes).equals(plain.bytes)).toBe(true);
        if (plain.bytes.length > 1000) expect([path, sent]).toEqual([path, coding]);
        if (sent !== "identity") expect(bytes.length).toBeLessThan(plain.bytes.length);
      }
    }
  });

  test("has an ETag of its own in each coding, by which it is not sent again (304)", async () => {
    const [br, gzip, plain] = await Promise.all(
      ["br", "gzip", "identity"].map((coding) => ask("/docs", { "Accept-Encoding": coding })),
    );
    const etags = [br, gzip, plain].map((answer) => answer?.headers["etag"] ?? "");
    const known = { "Accept-Encoding": "br", "If-None-Match": etags.join(", ") };
    const again = await ask("/docs", known);
    const other = await ask("/docs", { ...known, "If-None-Match": etags[1] ?? "" });

    expect(new Set(etags).size).toBe(3);
    expect([again.status, again.bytes.length, again.headers["etag"]]).toEqual([304, 0, etags[0]]);
    expect(again.headers["vary"]).toBe("Accept-Encoding");
    expect(other.status).toBe(200);
  });

  test.each([
    ["If-Match", '"other"', 412],
    ["If-Match", "*", 200],
    ["If-Match", "0", 400],
    ["If-None-Match", "abc", 400],
    ["If-Modified-Since", "nonsense", 200],
  ])("heeds the condition %s: %s with %i", async (field, value, status) => {
    expect((await ask("/openapi.json", { [field]: value })).status).toBe(status);
  });

  test("has the same header for HEAD", async () => {
    const fields = { "Accept-Encoding": "gzip" };
    const [get, head] = [
      await ask("/openapi.json", fields),
      await ask("/openapi.json", fields, "HEAD"),
    ];

    for (const name of ["content-encoding", "content-length", "etag", "vary"]) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
    expect(head.bytes).toHaveLength(0);
  });
});

describe("What is not the same for everybody", () => {
  test("is never compressed: answers of the API, files and refusals", async () => {
    const client = await world().member();
    const file = await client.store("a.txt", "a".repeat(100_000));
    const fields = { Cookie: client.cookie, "Accept-Encoding": "gzip, br" };

    for (const path of ["/api/v1/files", "/api/v1/me", file.links.content, "/healthz", "/x"]) {
      const { headers } = await ask(path, fields);
      expect([path, headers["content-encoding"]]).toEqual([path, undefined]);
    }
    const { bytes } = await ask(file.links.content, fields);
    expect(bytes).toHaveLength(100_000);
  });
});

needs("curl").describe("curl --compressed", () => {
  test("reads the document and the docs page", async () => {
    for (const path of ["/openapi.json", "/docs"]) {
      const plain = await ask(path);
      const { stdout } = await promisify(execFile)(
        "curl",
        ["--compressed", "-sS", world().url + path],
        OUTPUT,
      );
      expect(stdout).toBe(plain.bytes.toString());
    }
  });
});
