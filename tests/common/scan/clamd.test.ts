import { expect } from "@jest/globals";
import { Clamd } from "../../../common/scan/clamd.js";
import { ScannerError } from "../../../common/scan/errors.js";
import type { ScannerAddress } from "../../../common/scan/settings.js";
import { EICAR, EICAR_NAME, MARKER, MARKER_NAME, useClamd } from "../../support/clamd.js";
import { needs } from "../../support/needs.js";

const server = useClamd();
const never = new AbortController().signal;
const MIB = 1024 ** 2;

const clamdAt = (address: ScannerAddress) =>
  new Clamd({ address, connectTimeoutMs: 5000, idleTimeoutMs: 60_000 });

async function* pieces(...texts: (string | Buffer)[]) {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

const { describe, test } = needs("clamd");

describe.each(["tcp", "unix"] as const)("clamd, by %s", (kind) => {
  const scan = (...texts: (string | Buffer)[]) =>
    clamdAt(server[kind]).scan(pieces(...texts), never);

  test("says its version", async () => {
    expect(await clamdAt(server[kind]).version(never)).toMatch(/^ClamAV \d/);
  });

  test("finds nothing in clean content, in none, and in empty pieces", async () => {
    expect(await scan("hello")).toBe("stream: OK");
    expect(await scan()).toBe("stream: OK");
    expect(await scan("", "hello", "", "world")).toBe("stream: OK");
  });

  test("finds the test file", async () => {
    expect(await scan(EICAR)).toBe(`stream: ${EICAR_NAME} FOUND`);
  });

  test("finds what lies over the border of two pieces", async () => {
    expect(await scan(`before ${MARKER.slice(0, 9)}`, `${MARKER.slice(9)} after`)).toBe(
      `stream: ${MARKER_NAME} FOUND`,
    );
  });

  test("finds what lies at the end of 64 MiB, which come as fast as it takes them", async () => {
    let ahead = 0;
    async function* large() {
      const piece = Buffer.alloc(MIB, "x");
      for (let sent = 0; sent < 64; sent += 1) {
        ahead = sent;
        yield await Promise.resolve(piece);
      }
      yield Buffer.from(MARKER);
    }

    expect(await clamdAt(server[kind]).scan(large(), never)).toBe(`stream: ${MARKER_NAME} FOUND`);
    expect(ahead).toBe(63);
  });
});

describe("clamd", () => {
  test("scans 50 contents at once", async () => {
    const contents = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? EICAR : `clean ${n}`));

    const replies = await Promise.all(
      contents.map((text) => clamdAt(server.unix).scan(pieces(text), never)),
    );

    expect(replies.map((reply) => reply.endsWith("FOUND"))).toEqual(
      contents.map((text) => text === EICAR),
    );
  });

  test("that is killed in the middle of content gives no verdict", async () => {
    async function* cut() {
      yield Buffer.alloc(MIB);
      await server.kill();
      for (let n = 0; n < 64; n += 1) yield Buffer.alloc(MIB);
    }
    const scan = clamdAt(server.tcp).scan(cut(), never);

    await expect(scan).rejects.toThrow(ScannerError);
    await expect(scan).rejects.toMatchObject({ hasBegun: true });
    await expect(clamdAt(server.tcp).version(never)).rejects.toMatchObject({ hasBegun: false });
    await expect(clamdAt({ path: "/nowhere" }).version(never)).rejects.toThrow(ScannerError);

    await server.restart();
    expect(await clamdAt(server.tcp).scan(pieces(EICAR), never)).toContain(EICAR_NAME);
  });

  test("is not asked any more when the content breaks", async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.alloc(10));
      throw new Error("cannot be decrypted");
    }

    await expect(clamdAt(server.tcp).scan(broken(), never)).rejects.toThrow("cannot be decrypted");
  });
});
