import { describe, expect, test } from "@jest/globals";
import type { RequestListener } from "node:http";
import { createHttpServer } from "../../../api/http/server.js";
import { collectLogLines } from "../../support/log-lines.js";
import { useServers } from "./test-server.js";

const serve = useServers();

const sayHello: RequestListener = (_req, res) => {
  res.end("hello");
};

describe("A connection that brings no request", () => {
  test.each([
    {
      what: "not HTTP",
      request: "\x16\x03\x01 hello\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "an unknown method",
      request: "FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "a method of 10 KiB",
      request: `${"A".repeat(10_240)} / HTTP/1.1\r\n\r\n`,
      status: 400,
      code: "invalid-request",
    },
    { what: "no Host", request: "GET / HTTP/1.1\r\n\r\n", status: 400, code: "invalid-request" },
    {
      what: "two Hosts",
      request: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "a header over 16 KiB",
      request: `GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}\r\n\r\n`,
      status: 431,
      code: "header-too-large",
    },
    {
      what: "an address over 16 KiB",
      request: `GET /${"x".repeat(17_000)} HTTP/1.1\r\n\r\n`,
      status: 431,
      code: "header-too-large",
    },
    {
      what: "a tunnel",
      request: "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "two lengths",
      request: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "a length and chunks",
      request:
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "a negative length",
      request: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      status: 400,
      code: "invalid-request",
    },
    {
      what: "a transfer coding beside the chunks",
      request:
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
      status: 501,
      code: "unsupported-transfer-coding",
    },
    {
      what: "transfer codings in two fields",
      request:
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      status: 501,
      code: "unsupported-transfer-coding",
    },
    {
      what: "an unknown expectation beside a known one",
      request:
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue, coffee\r\n\r\nx",
      status: 417,
      code: "expectation-failed",
    },
    {
      what: "an expectation with a known one in its name",
      request: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: x-100-continue\r\n\r\nx",
      status: 417,
      code: "expectation-failed",
    },
    {
      what: "an unknown expectation",
      request: "GET / HTTP/1.1\r\nHost: a\r\nExpect: coffee\r\n\r\n",
      status: 417,
      code: "expectation-failed",
    },
  ])("that is $what is answered with a problem and closed", async ({ request, status, code }) => {
    const { open, lines } = await serve(sayHello);

    const answer = await (await open()).send(request).ended();

    const problem = JSON.parse(answer.body) as Record<string, unknown>;
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.headers["connection"]).toBe("close");
    expect(problem).toMatchObject({ status, code });
    expect(answer.headers["x-request-id"]).toBe(problem["requestId"]);
    expect(lines).toContainEqual(expect.objectContaining({ requestId: problem["requestId"] }));
  });

  test("and drips its header is answered 408", async () => {
    const { open } = await serve(sayHello, { headersTimeoutMs: 100 });
    const client = await open();
    const drip = setInterval(() => client.send("X"), 20);

    const answer = await client.send("GET / HTTP/1.1\r\nX-Slow: ").ended();
    clearInterval(drip);

    expect(answer.status).toBe(408);
    expect(answer.body).toContain('"code":"request-timeout"');
  });

  test("and sends a megabyte of header gets to read its 431", async () => {
    const { open } = await serve(sayHello);
    const client = await open();

    client.send("GET / HTTP/1.1\r\n");
    for (let n = 0; n < 15; n += 1) client.send(`X-${n}: ${"x".repeat(65_536)}\r\n`);
    const answer = await client.ended();

    expect(answer.status).toBe(431);
    expect(answer.isReset).toBe(false);
  });

  test("but garbage behind a request lets that one be answered, and closes then", async () => {
    const finish: (() => void)[] = [];
    const { open } = await serve((_req, res) => {
      res.writeContinue();
      finish.push(() => res.end("hello"));
    });
    const client = await open();

    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/100 Continue/);
    client.send("garbage\r\n\r\n").send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    // The garbage has been read when another connection's later request was.
    await (await open()).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(/100 Continue/);
    finish[0]?.();
    const answer = await client.closed();

    expect(finish).toHaveLength(2);
    expect(answer).toMatchObject({ status: 200, body: "hello", headers: { connection: "close" } });
  });
});

describe("A client that closes its side", () => {
  test("after its request still gets the answer", async () => {
    const { open } = await serve((_req, res) => setImmediate(() => res.end("hello")));
    const client = await open();

    client.socket.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await client.closed();

    expect(answer.body).toBe("hello");
  });

  test("in the middle of its body gets 400, and the handler learns it at once", async () => {
    const aborted: Promise<unknown>[] = [];
    const { open } = await serve((req) => {
      aborted.push(new Promise((resolve) => req.once("close", resolve)));
    });
    const client = await open();

    client.socket.end("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12");
    const answer = await client.closed();

    expect(answer.status).toBe(400);
    expect(answer.body).toContain('"code":"incomplete-body"');
    await Promise.all(aborted);
    expect(aborted).toHaveLength(1);
  });

  test("or breaks its chunks gets 400 malformed-body", async () => {
    const { open } = await serve((req) => req.resume());
    const client = await open();
    const head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    const answer = await client.send(`${head}5\r\n12345\r\nXYZ\r\n`).ended();

    expect(answer.status).toBe(400);
    expect(answer.body).toContain('"code":"malformed-body"');
  });
});

test("A server on a taken address says so", async () => {
  const { port } = await serve(sayHello);
  const second = createHttpServer(sayHello, { log: collectLogLines().log });

  await expect(second.listen({ port, host: "127.0.0.1" })).rejects.toThrow("EADDRINUSE");
});
