import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** What a request with these header fields is answered with. */
async function answerTo(fields: readonly string[], line = "GET /healthz HTTP/1.1") {
  const raw = await world().raw();
  return raw.send([line, ...fields, "Connection: close", "", ""].join("\r\n")).closed();
}

describe("The Host field", () => {
  test.each([
    "a",
    "A.example.",
    "a:",
    "a:80",
    "a_b.example:65535",
    "127.0.0.1:3000",
    "[::1]",
    "[2001:db8::192.0.2.1]:443",
    "",
  ])("may be %j", async (host) => {
    expect((await answerTo([`Host: ${host}`])).status).toBe(200);
  });

  test.each([
    "a@b",
    "a:b@c",
    "a:b",
    "a:80:80",
    "a:65536",
    ":80",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a b",
    "a,b",
    "a, b",
    "http://a",
    "[",
    "[]",
    "[::1",
    "::1",
    "[::1]x",
    "[::g]",
    "[127.0.0.1]",
    "a%zz",
    "\u00e9",
  ])("must not be %j (400)", async (host) => {
    const { status, body } = await answerTo([`Host: ${host}`]);

    expect(status).toBe(400);
    expect(body).toContain('"code":"invalid-request"');
  });

  test("is needed in HTTP/1.1, and not in HTTP/1.0 (RFC 9112 §3.2)", async () => {
    expect((await answerTo([])).status).toBe(400);
    expect((await answerTo([], "GET /healthz HTTP/1.0")).status).toBe(200);
  });

  test("is found behind any number of other fields", async () => {
    const many = Array.from({ length: 2500 }, () => "a:");

    expect((await answerTo([...many, "Host: a"])).status).toBe(200);
    expect((await answerTo(["Host: a", ...many, "Host: b"])).status).toBe(400);
  });

  test.each(["HTTP/0.9", "HTTP/1.2", "HTTP/2.0"])("does not help %s (400)", async (version) => {
    expect((await answerTo(["Host: a"], `GET /healthz ${version}`)).status).toBe(400);
  });
});

describe("A field of which there is one", () => {
  test.each([
    "Authorization: Bearer x",
    "Content-Length: 0",
    "Content-Type: text/plain",
    "Cookie: a=b",
    'Idempotency-Key: "k"',
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
    'If-Range: "x"',
    "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
    "Origin: http://a",
    "Range: bytes=0-0",
    "Sec-Fetch-Site: none",
    "Tus-Resumable: 1.0.0",
    "Upload-Checksum: crc32 AAAAAA==",
    "Upload-Concat: partial",
    "Upload-Defer-Length: 1",
    "Upload-Length: 0",
    "Upload-Offset: 0",
    "X-HTTP-Method-Override: PATCH",
    "Host: a",
  ])("must not come twice (%s): 400", async (field) => {
    const [name = ""] = field.split(":");
    const again = field.replace(name, name.toLowerCase());
    const others = name === "Host" ? [] : ["Host: a"];

    expect((await answerTo([...others, field])).status).toBe(200);
    const { status, body } = await answerTo([...others, field, "X: y", again]);

    expect(status).toBe(400);
    expect(body).toMatch(/"code":"invalid-request"/);
  });

  test.each([
    'If-Match: "a"',
    'If-None-Match: "a"',
    "Accept: */*",
    "Repr-Digest: sha-256=:AAAA:",
    "Want-Repr-Digest: sha-256=1",
    "Upload-Metadata: a",
    "X-Forwarded-For: 192.0.2.1",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: b",
    "Trailer: Repr-Digest",
  ])("is none that is a list (%s)", async (field) => {
    expect((await answerTo(["Host: a", field, field])).status).toBe(200);
  });
});

describe("Transfer-Encoding", () => {
  const line = "POST /api/v1/login HTTP/1.1";

  test.each(["gzip, chunked", "identity, chunked", "x,Chunked"])(
    "of %s is answered 501, and the connection is closed",
    async (codings) => {
      const raw = await world().raw();
      const head = `${line}\r\nHost: a\r\nTransfer-Encoding: ${codings}\r\n\r\n`;

      const { status, headers, body } = await raw.send(`${head}0\r\n\r\n`).closed();

      expect(status).toBe(501);
      expect(headers["connection"]).toBe("close");
      expect(body).toContain('"code":"unsupported-transfer-coding"');
    },
  );

  test.each(["gzip", "chunked, gzip", "chunked, chunked", "identity", "xchunked", ""])(
    "of %j, which does not say where the body ends, is answered 400",
    async (codings) => {
      const { status } = await answerTo(["Host: a", `Transfer-Encoding: ${codings}`], line);

      expect(status).toBe(400);
    },
  );

  test("in two fields is answered 501", async () => {
    const fields = ["Host: a", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"];

    expect((await answerTo(fields, line)).status).toBe(501);
  });

  test("in HTTP/1.0 is answered 400 (RFC 9112 §6.1)", async () => {
    const fields = ["Host: a", "Transfer-Encoding: chunked"];

    expect((await answerTo(fields, "POST /api/v1/login HTTP/1.0")).status).toBe(400);
  });
});
