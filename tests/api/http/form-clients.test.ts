import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { receiveBody } from "../../../api/http/body.js";
import { readMultipart } from "../../../api/http/multipart.js";
import { BodyTooLargeError } from "../../../api/http/errors.js";
import { useApps } from "./test-app.js";
import { needs } from "../../support/needs.js";

const serveApp = useApps();

const MIB = 1024 ** 2;
const PACE = { idleTimeoutMs: 10_000, minBytesPerSecond: 0 };

const run = promisify(execFile);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-form-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Seen {
  readonly name: string;
  readonly claimedType: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A server that answers a form with what it saw of it, and refuses what is sent to `/refuse`. */
function serveForms() {
  return serveApp((router) =>
    router
      .post("/form", async (ctx) => {
        const seen: (Seen | string)[] = [];
        const parts = readMultipart(receiveBody(ctx.req, ctx.res, PACE), {
          contentType: ctx.get("Content-Type"),
          maxFiles: 10,
          maxFields: 10,
          maxFieldBytes: 1024,
        });
        for await (const part of parts) {
          if (part.kind === "field") seen.push(`${part.fieldName}=${part.value}`);
          else {
            const hash = createHash("sha256");
            let sizeBytes = 0;
            for await (const bytes of part.bytes) {
              hash.update(bytes);
              sizeBytes += bytes.length;
            }
            const { fileName: name, claimedType } = part;
            seen.push({ name, claimedType, sizeBytes, sha256: hash.digest("hex") });
          }
        }
        ctx.body = seen;
      })
      .all("/refuse", () => {
        throw new BodyTooLargeError(1);
      }),
  );
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

needs("curl").describe("curl", () => {
  test("sends files of any size and a field", async () => {
    const { url } = await serveForms();
    const big = Buffer.alloc(5 * MIB + 1, "0123456789\r\n--");
    await writeFile(join(folder, "big.bin"), big);
    await writeFile(join(folder, "empty"), "");
    const form = ["-F", "file=@big.bin", "-F", "file=@empty;type=text/plain", "-F", "a=ü"];

    const { stdout } = await run("curl", ["-sS", ...form, `${url}/form`], { cwd: folder });

    expect(JSON.parse(stdout)).toEqual([
      {
        name: "big.bin",
        claimedType: "application/octet-stream",
        sizeBytes: big.length,
        sha256: sha256(big),
      },
      {
        name: "empty",
        claimedType: "text/plain",
        sizeBytes: 0,
        sha256: sha256(Buffer.alloc(0)),
      },
      "a=ü",
    ]);
  });

  test.each(["файл 🗂.txt", "a&#1234;c%41.txt", "semi;colon, comma.txt", "e\u0301.txt"])(
    "sends the name %s, which arrives as it is",
    async (name) => {
      const { url } = await serveForms();
      await writeFile(join(folder, "x"), "x");

      const { stdout } = await run(
        "curl",
        ["-sS", "-F", `file=@x;filename="${name}"`, `${url}/form`],
        { cwd: folder },
      );

      expect(JSON.parse(stdout)).toMatchObject([{ name }]);
    },
  );

  test.each([
    ["a raw body", ["-T", "huge"]],
    ["a form", ["-F", "file=@huge"]],
    ["a chunked body", ["-T", "huge", "-H", "Transfer-Encoding: chunked"]],
    ["a raw body without waiting for 100 Continue", ["-T", "huge", "-H", "Expect:"]],
    ["a form without waiting", ["-F", "file=@huge", "-H", "Expect:"]],
  ])("reads why %s was refused, long before it has all been sent", async (_what, args) => {
    const { url, requestLine } = await serveForms();
    await writeFile(join(folder, "huge"), "");
    await truncate(join(folder, "huge"), 2 * 1024 * MIB);

    const { stdout } = await run(
      "curl",
      ["-sS", "-w", "%{http_code} %{size_upload}", ...args, `${url}/refuse`],
      { cwd: folder },
    );

    const [, status, uploaded] = /(\d{3}) (\d+)$/.exec(stdout) ?? [];
    expect(stdout).toContain('"code":"content-too-large"');
    expect(status).toBe("413");
    expect(Number(uploaded)).toBeLessThan(32 * MIB);
    expect((await requestLine())["bytesIn"]).toBeLessThan(8 * MIB);
  });
});

describe("fetch", () => {
  test("sends a form whose names and bytes arrive as they are", async () => {
    const { url } = await serveForms();
    const body = new FormData();
    const bytes = Buffer.alloc(MIB, "naïve ");
    body.append("file", new Blob([bytes], { type: "image/png" }), "naïve 文.png");
    body.append("note", "two\r\nlines");

    const answer = await fetch(`${url}/form`, { method: "POST", body });

    expect(await answer.json()).toEqual([
      {
        name: "naïve 文.png",
        claimedType: "image/png",
        sizeBytes: bytes.length,
        sha256: sha256(bytes),
      },
      "note=two\r\nlines",
    ]);
  });
});

describe("A client that goes away in a form", () => {
  test.each(["resets the connection", "closes its side"])(
    "and %s leaves no request behind",
    async (way) => {
      const { open, requestLine } = await serveForms();
      const client = await open();
      const type = "Content-Type: multipart/form-data; boundary=b";
      const part = '--b\r\nContent-Disposition: form-data; name=f; filename="a"\r\n\r\nhello';

      await client
        .send(
          `POST /form HTTP/1.1\r\nHost: a\r\n${type}\r\nExpect: 100-continue\r\nContent-Length: 999\r\n\r\n`,
        )
        .received(/100 Continue/);
      client.send(part);
      if (way === "closes its side") client.socket.end();
      else client.socket.resetAndDestroy();

      expect(await requestLine()).toMatchObject({ problemCode: "incomplete-body" });
    },
  );

  test("after a short body that its length fits is answered 400 malformed-body", async () => {
    const { open } = await serveForms();
    const client = await open();
    const part = '--b\r\nContent-Disposition: form-data; name=f; filename="a"\r\n\r\nhello';
    const head = `POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${part.length}\r\n\r\n`;

    client.socket.end(head + part);
    const answer = await client.closed();

    expect(answer.status).toBe(400);
    expect(answer.body).toContain('"code":"malformed-body"');
  });
});
