import { describe, expect, test } from "@jest/globals";
import type { Content } from "../../../api/http/send-content.js";
import { useApps } from "./test-app.js";
import { BYTES, contentOf, contentRoute } from "./test-content.js";

const serveApp = useApps();

const LAST_MODIFIED = "Mon, 06 May 2024 07:08:09 GMT";

async function fetchContent(
  content: Content,
  headers: Record<string, string> = {},
  method = "GET",
) {
  const { url } = await serveApp(contentRoute(content));
  const response = await fetch(`${url}/content`, { method, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("Content", () => {
  test("comes whole, with everything that a client and a browser need to know", async () => {
    const answer = await fetchContent(contentOf(BYTES).content);

    expect(answer.status).toBe(200);
    expect(answer.text).toBe("0123456789");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-length": "10",
      "content-type": "image/png",
      "content-disposition": "inline; filename=\"naive.png\"; filename*=UTF-8''na%C3%AFve.png",
      etag: '"v1"',
      "last-modified": LAST_MODIFIED,
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers.get("transfer-encoding")).toBeNull();
  });

  test.each([null, "text/html", "image/svg+xml"])("of type %s is an attachment", async (type) => {
    const { headers } = await fetchContent(contentOf(BYTES, { type }).content);

    expect(headers.get("content-disposition")).toMatch(/^attachment; /);
    expect(headers.get("content-type")).toBe(type ?? "application/octet-stream");
  });

  test("of 0 bytes comes with 200 and 0 bytes", async () => {
    const { status, headers, text } = await fetchContent(contentOf(Buffer.alloc(0)).content);

    expect({ status, length: headers.get("content-length"), text }).toEqual({
      status: 200,
      length: "0",
      text: "",
    });
  });

  test.each([BYTES, Buffer.alloc(0)])(
    "has the same header for HEAD, but for the digest of the body, and is not read for it",
    async (bytes) => {
      const { content, seen } = contentOf(bytes);
      const { open } = await serveApp(contentRoute(content));
      const headerOf = async (method: string) => {
        const client = await open();
        client.socket.write(`${method} /content HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
        const { headers, body } = await client.closed();
        const changing = { date: "", "x-request-id": "", "content-digest": "" };
        return { ...headers, ...changing, body: method === "HEAD" ? body : "" };
      };

      const head = await headerOf("HEAD");
      const opened = seen.opened;
      const get = await headerOf("GET");

      expect(head).toEqual(get);
      expect(opened).toBe(0);
    },
  );

  test("in a range comes with 206", async () => {
    const { status, headers, text } = await fetchContent(contentOf(BYTES).content, {
      range: "bytes=2-7",
    });

    expect({ status, text }).toEqual({ status: 206, text: "234567" });
    expect(headers.get("content-range")).toBe("bytes 2-7/10");
    expect(headers.get("content-length")).toBe("6");
  });

  test("in several ranges comes as multipart/byteranges of the announced length", async () => {
    const { status, headers, text } = await fetchContent(contentOf(BYTES).content, {
      range: "bytes=0-3,-2",
    });

    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(
      headers.get("content-type") ?? "",
    )?.[1];
    expect(status).toBe(206);
    expect(headers.get("content-range")).toBeNull();
    expect(headers.get("content-length")).toBe(String(text.length));
    expect(text.split(`--${boundary}`)).toEqual([
      "",
      "\r\nContent-Type: image/png\r\nContent-Range: bytes 0-3/10\r\n\r\n0123\r\n",
      "\r\nContent-Type: image/png\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n",
      "--\r\n",
    ]);
  });

  test.each([
    ["an unknown unit", { range: "items=0-1" }],
    ["another version's If-Range", { range: "bytes=0-1", "if-range": '"v0"' }],
  ])("comes whole for %s", async (_what, headers) => {
    expect(await fetchContent(contentOf(BYTES).content, headers)).toMatchObject({
      status: 200,
      text: "0123456789",
    });
  });

  test("comes in no range for HEAD", async () => {
    const { status, headers } = await fetchContent(
      contentOf(BYTES).content,
      { range: "bytes=0-1" },
      "HEAD",
    );

    expect({ status, length: headers.get("content-length") }).toEqual({
      status: 200,
      length: "10",
    });
  });

  test.each([
    ["beyond its end", BYTES],
    ["of nothing", Buffer.alloc(0)],
  ])("in a range %s is 416 range-not-satisfiable", async (_what, bytes) => {
    const { status, headers, text } = await fetchContent(contentOf(bytes).content, {
      range: "bytes=10-",
    });

    expect(status).toBe(416);
    expect(headers.get("content-range")).toBe(`bytes */${bytes.length}`);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("content-disposition")).toBeNull();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).toContain('"code":"range-not-satisfiable"');
  });

  test("that the client has already is 304 without a body, and is not read", async () => {
    const { content, seen } = contentOf(BYTES);

    const answer = await fetchContent(content, { "if-none-match": 'W/"v1"' });

    expect(answer).toMatchObject({ status: 304, text: "" });
    expect(answer.headers.get("etag")).toBe('"v1"');
    expect(answer.headers.get("cache-control")).toBe("private, no-cache");
    expect(seen.opened).toBe(0);
  });

  test("of another version than the client wants is 412 precondition-failed", async () => {
    const { status, text } = await fetchContent(contentOf(BYTES).content, { "if-match": '"v0"' });

    expect(status).toBe(412);
    expect(text).toContain('"code":"precondition-failed"');
  });
});
