import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import Koa from "koa";
import request from "supertest";
import { everyRequest } from "../../../api/http/every-request.js";
import { jsonReader } from "../../../api/http/json-body.js";
import { collectLogLines } from "../../support/log-lines.js";
import { testDoor } from "./test-door.js";

const MAX_BYTES = 64 * 1024;
const JSON_TYPE = "application/json";

let server: Server;

beforeAll(async () => {
  const app = new Koa();
  const { log } = collectLogLines();
  for (const middleware of everyRequest({ log, trustProxyHops: 0, doorOf: () => testDoor })) {
    app.use(middleware);
  }
  const readJson = jsonReader({ maxBytes: MAX_BYTES, timeoutMs: 1000 });
  app.use(async (ctx) => {
    ctx.body = { got: await readJson(ctx) };
  });
  const handle = app.callback();
  server = createServer((req, res) => void handle(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => {
  server.close();
});

function post(body: string | Buffer, type: string = JSON_TYPE) {
  // superagent would encode a string of type JSON once more.
  return request(server).post("/").set("Content-Type", type).serialize(String).send(body);
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("a body that is taken", () => {
  test.each([
    ["an object", '{"a":1}', { a: 1 }],
    ["an array", "[1,2]", [1, 2]],
    ["white space around it", ' \r\n\t{"a":1} ', { a: 1 }],
    ["a byte order mark, which is ignored", '\uFEFF{"a":1}', { a: 1 }],
    ["equal keys, of which the last one counts", '{"a":1,"a":2}', { a: 2 }],
    ["characters of every length", '{"a":"aé€🔑"}', { a: "aé€🔑" }],
    ["an escaped replacement character", '{"a":"\\ufffd"}', { a: "\uFFFD" }],
    ["32 levels", nested(32), JSON.parse(nested(32)) as unknown],
    ["exactly the limit", JSON.stringify(["x".repeat(MAX_BYTES - 4)]), ["x".repeat(MAX_BYTES - 4)]],
  ])("%s", async (_, body, expected) => {
    const response = await post(body);

    expect(response.status).toBe(200);
    expect(response.body).toEqual({ got: expected });
  });

  test.each([
    "application/json; charset=utf-8",
    'application/json;Charset="UTF-8"',
    "application/json; charset=utf8",
    "Application/JSON",
    "application/json;v=1",
  ])("of type %s", async (type) => {
    expect((await post("{}", type)).status).toBe(200);
  });
});

describe("400 malformed-body for", () => {
  test.each([
    ["an empty body", ""],
    ["white space", "  "],
    ["half of an object", '{"a":'],
    ["two objects", "{}{}"],
    ["a text", '"text"'],
    ["a number", "1"],
    ["null", "null"],
    ["NaN", '{"a":NaN}'],
    ["a comment", "{/**/}"],
    ["single quotes", "{'a':1}"],
    ["33 levels", nested(33)],
    ["32,000 levels of arrays", nested(32_000)],
    ["10,000 levels of objects", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
    ["32,000 levels that never end", "[".repeat(32_000)],
    ["__proto__", '{"__proto__":{"isAdmin":true}}'],
    ["an escaped __proto__", '{"a":{"\\u005f_proto__":1}}'],
    ["a key that yup would take for a reference", '{"username":{"__isYupRef":true}}'],
    ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
    ["an overlong encoding", Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    [
      "half a character",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')]),
    ],
    [
      "an encoded surrogate",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
  ])("%s", async (_, body) => {
    const response = await post(body);

    expect(response.body).toMatchObject({ code: "malformed-body" });
    expect(response.status).toBe(400);
  });

  test("no body at all", async () => {
    const response = await request(server).post("/").set("Content-Type", JSON_TYPE);

    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: "malformed-body" });
  });
});

describe("413 content-too-large for", () => {
  test("one byte more than the limit", async () => {
    const response = await post(JSON.stringify(["x".repeat(MAX_BYTES - 3)]));

    expect(response.status).toBe(413);
    expect(response.body).toMatchObject({ code: "content-too-large", limitBytes: MAX_BYTES });
  });

  test("a body of unknown length that does not end", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, "127.0.0.1");
      socket.write(
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      socket.write(`${(MAX_BYTES + 1).toString(16)}\r\n${"[".repeat(MAX_BYTES + 1)}\r\n`);
      socket.once("error", reject).once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
    });

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("415 unsupported-media-type for", () => {
  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/vnd.api+json",
    "application/jsonp",
    "nonsense",
    "application/json; charset=utf-7",
    'application/json; v=1; charset="utf-16"',
    "application/json; charset=us-ascii",
    "application/json; charset=",
    "application/json; charset=utf-8; charset=utf-7",
  ])("%s", async (type) => {
    const response = await post("{}", type);

    expect(response.status).toBe(415);
    expect(response.body).toMatchObject({ code: "unsupported-media-type" });
  });

  test("a compressed body, which is not inflated", async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 ** 2, " "));

    const response = await post(bomb).set("Content-Encoding", "gzip");

    expect(response.status).toBe(415);
  });
});

test("no bytes at all are answered 5xx", async () => {
  const anything = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((json) => Buffer.from(json)),
    fc.json().map((json) => Buffer.from(json.slice(0, -1) + "x")),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const { status } = await post(body);

      expect([200, 400]).toContain(status);
    }),
    { numRuns: 200 },
  );
});

test("408 request-timeout for a body that never comes to its end", async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n");
  socket.write("Content-Length: 9\r\n\r\n[");

  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();

  expect(answer.toString()).toMatch(/^HTTP\/1.1 408 /);
});
