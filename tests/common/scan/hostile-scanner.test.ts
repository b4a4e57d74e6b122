import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Clamd } from "../../../common/scan/clamd.js";
import { ScannerError } from "../../../common/scan/errors.js";
import { Scanner } from "../../../common/scan/scanner.js";

const never = new AbortController().signal;
const VERSION = "ClamAV 1.4.6/27001/Tue Dec  1 00:00:00 2026\0";

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
});

/** A scanner that answers INSTREAM as a test wants, and VERSION as clamd does. */
async function scannerThat(answers: (socket: Socket) => void, idleTimeoutMs = 60_000) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("data", (bytes) => {
      if (bytes.toString("latin1").startsWith("zVERSION")) socket.end(VERSION);
      else answers(socket);
    });
  }).listen(0, "127.0.0.1");
  open.push({ server, sockets });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const address = { host: "127.0.0.1", port };
  const clamd = new Clamd({ address, connectTimeoutMs: 5000, idleTimeoutMs });
  return new Scanner({ clamd, concurrency: 2, maxBytes: 2 ** 30 });
}

/** Content that ends when nobody takes more of it. */
function content() {
  const seen = { pieces: 0, isClosed: false };
  async function* read() {
    try {
      for (; seen.pieces < 1024; seen.pieces += 1) {
        yield await Promise.resolve(Buffer.alloc(1024 ** 2));
      }
    } finally {
      seen.isClosed = true;
    }
  }
  return { seen, scanned: { sizeBytes: 2 ** 30, read } };
}

describe("A scanner", () => {
  test.each([
    ["says nothing and closes", (socket: Socket) => socket.end()],
    ["resets the connection", (socket: Socket) => socket.resetAndDestroy()],
    ["answers an empty line", (socket: Socket) => socket.end("\0")],
    ["answers in another language", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")],
    ["answers an error", (socket: Socket) => socket.end("stream: Can't open file ERROR\0")],
    ["finds something without a name", (socket: Socket) => socket.end("stream:  FOUND\0")],
    ["finds a name of 4 KiB", (s: Socket) => s.end(`stream: ${"x".repeat(4000)} FOUND\0`)],
    ["never ends its answer", (socket: Socket) => socket.write("x".repeat(100_000))],
    ["says OK of something else", (socket: Socket) => socket.end("stream: OK FOUND OK\0")],
    ["answers bytes", (socket: Socket) => socket.end(Buffer.from([0xff, 0xfe, 0x80, 1, 2]))],
  ])("that %s gives no verdict, and is sent no more", async (_, answers) => {
    const scanner = await scannerThat(answers);
    const { seen, scanned } = content();

    await expect(scanner.scan(scanned, never)).rejects.toThrow(ScannerError);

    expect(seen).toMatchObject({ isClosed: true });
    expect(seen.pieces).toBeLessThan(1024);
  });

  test("that takes nothing and says nothing is given up after a while", async () => {
    const scanner = await scannerThat((socket) => socket.pause(), 300);
    const { seen, scanned } = content();

    await expect(scanner.scan(scanned, never)).rejects.toThrow(ScannerError);

    expect(seen.isClosed).toBe(true);
    expect(seen.pieces).toBeLessThan(64);
  });

  test("that answers before all was sent is believed, and sent no more", async () => {
    const scanner = await scannerThat((socket) => {
      socket.pause().write("stream: Some.Virus FOUND\0");
    });
    const { seen, scanned } = content();

    const { verdict, database } = await scanner.scan(scanned, never);

    expect(verdict).toEqual({ kind: "infected", signature: "Some.Virus" });
    expect(database).toBe(27_001);
    expect(seen).toMatchObject({ isClosed: true });
    expect(seen.pieces).toBeLessThan(64);
  });

  test("is left when the work is aborted", async () => {
    const controller = new AbortController();
    const scanner = await scannerThat((socket) => {
      socket.pause();
      controller.abort(new Error("The worker is stopping"));
    });
    const { seen, scanned } = content();

    await expect(scanner.scan(scanned, controller.signal)).rejects.toThrow();
    expect(seen.isClosed).toBe(true);
  });

  test("gets as many contents at once as it may, and then the next", async () => {
    let now = 0;
    let most = 0;
    const scanner = await scannerThat((socket) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        socket.resume().end("stream: OK\0");
      }, 10);
    });
    async function* read() {
      yield await Promise.resolve(Buffer.from("hello"));
    }

    const scans = Array.from({ length: 20 }, () => scanner.scan({ sizeBytes: 5, read }, never));

    expect((await Promise.all(scans)).every(({ verdict }) => verdict.kind === "clean")).toBe(true);
    expect(most).toBeLessThanOrEqual(2);
  });
});
