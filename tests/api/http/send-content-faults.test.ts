import { describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ByteRange } from "../../../api/http/range.js";
import { sendContent } from "../../../api/http/send-content.js";
import { NotFoundError } from "../../../common/platform/errors.js";
import { useApps } from "./test-app.js";
import { BYTES, contentOf, contentRoute } from "./test-content.js";
import { needs } from "../../support/needs.js";

const serveApp = useApps();

const MIB = 1024 ** 2;

const curl = promisify(execFile);

describe("Content that cannot be read", () => {
  test("at all is a clean problem", async () => {
    const { content } = contentOf(BYTES, {
      open: () => {
        throw new NotFoundError("file");
      },
    });

    const { url } = await serveApp(contentRoute(content));
    const answer = await fetch(`${url}/content`);

    expect(answer.status).toBe(404);
    expect(answer.headers.get("etag")).toBeNull();
    expect(await answer.text()).toContain('"code":"not-found"');
  });

  test.each([
    ["fails in the middle", { sizeBytes: 10 * MIB, open: failing }],
    ["is shorter than it should be", { sizeBytes: 6 * MIB, open: fiveMiB }],
    ["is longer than it should be", { sizeBytes: 4.5 * MIB, open: fiveMiB }],
  ])("whole because it %s cuts the connection", async (_what, changes) => {
    const { open, requestLine } = await serveApp(contentRoute(contentOf(BYTES, changes).content));
    const client = await open();

    client.send("GET /content HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await client.closed();

    expect(answer.body.length).toBeLessThan(changes.sizeBytes);
    expect(await requestLine()).toMatchObject({ isAborted: true });
  });
});

describe("Short content", () => {
  test.each([
    ["fails in the middle", { sizeBytes: BYTES.length, open: failingShort }],
    ["is shorter than it should be", { sizeBytes: BYTES.length + 1 }],
    ["is longer than it should be", { sizeBytes: BYTES.length - 1, open: tooLong }],
  ])("that %s is a clean problem", async (_what, changes) => {
    const { url } = await serveApp(contentRoute(contentOf(BYTES, changes).content));

    const answer = await fetch(`${url}/content`);

    expect(answer.status).toBe(500);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("etag")).toBeNull();
  });
});

describe("A client", () => {
  test("that goes away ends the reading at once", async () => {
    const reading = gate();
    const { content } = contentOf(BYTES, {
      sizeBytes: 1024 * MIB,
      async *open() {
        try {
          for (;;) yield await Promise.resolve(Buffer.alloc(MIB));
        } finally {
          reading.pass();
        }
      },
    });
    const { open, requestLine } = await serveApp(contentRoute(content));
    const client = await open();

    await client.send("GET /content HTTP/1.1\r\nHost: a\r\n\r\n").received(/200 OK/);
    client.socket.resetAndDestroy();
    await reading.passed;

    expect(await requestLine()).toMatchObject({ status: 200, isAborted: true });
  });

  test("that went away before the first byte was read ends the reading too", async () => {
    const { content, seen } = contentOf(Buffer.alloc(MIB));
    const [opened, gone] = [gate(), gate()];
    async function* afterwards(window: ByteRange) {
      opened.pass();
      await gone.passed;
      yield* content.open(window);
    }
    const { open } = await serveApp((router) =>
      router.get("/", (ctx) => {
        ctx.res.once("close", gone.pass);
        return sendContent(ctx, { ...content, open: afterwards });
      }),
    );
    const client = await open();

    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await opened.passed;
    client.socket.resetAndDestroy();
    while (seen.ended === 0) await new Promise((resolve) => setImmediate(resolve));

    expect(seen).toEqual({ opened: 1, ended: 1 });
  });

  test("that sends requests ahead has one read for it at a time", async () => {
    const { content, seen } = contentOf(Buffer.alloc(64 * MIB));
    const { open, lines, requestLine } = await serveApp(contentRoute(content));
    const client = await open();

    await client.send("GET /content HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3)).received(/200 OK/);
    client.socket.resetAndDestroy();
    while (seen.ended === 0) await new Promise((resolve) => setImmediate(resolve));
    await requestLine();

    expect(seen).toEqual({ opened: 1, ended: 1 });
    expect(lines.filter(({ isAborted }) => isAborted === true)).toHaveLength(1);
  });

  test("that reads slowly makes the reading slow", async () => {
    let readBytes = 0;
    const { content } = contentOf(BYTES, {
      sizeBytes: 1024 * MIB,
      async *open() {
        for (;;) {
          readBytes += MIB;
          yield await Promise.resolve(Buffer.alloc(MIB));
        }
      },
    });
    const { open } = await serveApp(contentRoute(content));
    const client = await open();

    await client.send("GET /content HTTP/1.1\r\nHost: a\r\n\r\n").received(/200 OK/);
    client.socket.pause();
    let before = -1;
    while (readBytes !== before) {
      before = readBytes;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }

    expect(readBytes).toBeLessThan(64 * MIB);
  });

  needs("curl").test("that is curl resumes a download and saves it under its name", async () => {
    const { url } = await serveApp(contentRoute(contentOf(BYTES, { name: "plan 2.txt" }).content));

    const { stdout } = await curl("curl", ["-sS", "-i", "-C", "4", `${url}/content`]);

    expect(stdout).toMatch(/^HTTP\/1\.1 206 Partial Content/);
    expect(stdout).toContain('filename="plan 2.txt"');
    expect(stdout).toMatch(/456789$/);
  });
});

async function* fiveMiB(): AsyncGenerator<Buffer, void, undefined> {
  for (let n = 0; n < 5; n += 1) yield await Promise.resolve(Buffer.alloc(MIB));
}

async function* failing(): AsyncGenerator<Buffer, void, undefined> {
  yield* fiveMiB();
  throw new Error("a chunk is missing");
}

async function* failingShort(): AsyncGenerator<Buffer, void, undefined> {
  yield await Promise.resolve(BYTES.subarray(0, 5));
  throw new Error("a chunk is missing");
}

async function* tooLong(): AsyncGenerator<Buffer, void, undefined> {
  yield await Promise.resolve(BYTES.subarray(0, 5));
  yield BYTES.subarray(5);
}

function gate() {
  let pass: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}
