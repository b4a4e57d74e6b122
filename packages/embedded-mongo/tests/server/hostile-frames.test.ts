import { readFileSync } from "node:fs";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BSON } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
let path: string;
beforeAll(async () => {
  world = await startWorld();
  path = decodeURIComponent(/^mongodb:..([^/]+)/.exec(world.url)?.[1] ?? "");
  await world.db.collection("c").insertOne({ a: 1 });
});
afterAll(() => world.close());

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function frame(payload: Buffer, { opcode = 2013, length = payload.length + 16 } = {}): Buffer {
  return Buffer.concat([int32(length), int32(7), int32(0), int32(opcode), payload]);
}

function section(kind: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([kind]), bytes]);
}

function message(...sections: Buffer[]): Buffer {
  return frame(Buffer.concat([int32(0), ...sections]));
}

const ping = Buffer.from(BSON.serialize({ ping: 1, $db: "world" }));

function patched(document: Buffer, at: number, bytes: Buffer): Buffer {
  const copy = Buffer.from(document);
  bytes.copy(copy, at);
  return copy;
}

/** Connects and sends; resolves to what came back until the server closed, or to the first reply. */
async function exchange(bytes: Buffer): Promise<{ isClosed: boolean; reply: Buffer }> {
  const socket = connect(path);
  const reply = await new Promise<Buffer | undefined>((resolve) => {
    socket.once("data", resolve);
    socket.once("close", () => {
      resolve(undefined);
    });
    socket.on("error", () => undefined);
    socket.write(bytes);
  });
  socket.destroy();
  return { isClosed: reply === undefined, reply: reply ?? Buffer.alloc(0) };
}

/** Sends so much of a message that goes on for ever, as fast as the server takes it. */
function sendWithoutEnd(bytes: Buffer): Socket {
  const socket = connect(path);
  socket.on("error", () => undefined);
  socket.write(Buffer.concat([int32(48_000_000), int32(7), int32(0), int32(2013)]));
  socket.write(bytes);
  return socket;
}

const takenBytes = (sockets: readonly Socket[]) =>
  sockets.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0);

function anonymousMib(): number {
  const status = readFileSync(`/proc/${world.server.process.pid ?? 0}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

function decodeReply(reply: Buffer): Record<string, unknown> {
  return BSON.deserialize(reply.subarray(21));
}

function nested(depth: number): Buffer {
  let document: Record<string, unknown> = {};
  for (let level = 0; level < depth; level++) document = { d: document };
  return Buffer.from(BSON.serialize({ ping: 1, comment: document, $db: "world" }));
}

/** A document with one element: type, name `x`, and the bytes of its value. */
function element(type: number, value: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([type, 0x78, 0]), value, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

const MALFORMED: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  ["a negative length", frame(ping, { length: -1 })],
  ["a length below that of a header", frame(ping, { length: 15 })],
  ["a length above 48 MB", frame(ping, { length: 48_000_001 })],
  ["OP_INSERT", frame(ping, { opcode: 2002 })],
  ["OP_COMPRESSED", frame(ping, { opcode: 2012 })],
  ["an opcode that does not exist", frame(ping, { opcode: 99 })],
  ["an empty message", frame(Buffer.alloc(0))],
  ["a message without a body", message()],
  ["two bodies", message(section(0, ping), section(0, ping))],
  ["a section kind that does not exist", message(section(7, ping))],
  ["a checksum flag", frame(Buffer.concat([int32(1), section(0, ping)]))],
  ["a required flag that does not exist", frame(Buffer.concat([int32(8), section(0, ping)]))],
  ["a body that is cut off", message(section(0, ping.subarray(0, 10)))],
  ["a body longer than the message", message(section(0, patched(ping, 0, int32(1000))))],
  ["a body of length 0", message(section(0, patched(ping, 0, int32(0))))],
  ["a body of negative length", message(section(0, patched(ping, 0, int32(-5))))],
  ["a body without a final NUL", message(section(0, patched(ping, ping.length - 1, int32(1))))],
  ["a sequence of negative length", message(section(0, ping), section(1, int32(-9)))],
  [
    "a sequence without a name",
    message(section(0, ping), section(1, Buffer.concat([int32(8), Buffer.from("abcd")]))),
  ],
  [
    "a sequence that ends inside a document",
    message(
      section(0, ping),
      section(1, Buffer.concat([int32(12), Buffer.from("d\0"), ping.subarray(0, 6)])),
    ),
  ],
  ...(
    [
      ["a type that does not exist", element(0x42, Buffer.alloc(8))],
      ["a string of length 0", element(2, int32(0))],
      [
        "a string longer than its document",
        element(2, Buffer.concat([int32(100), Buffer.from("a\0")])),
      ],
      ["a string without a NUL", element(2, Buffer.concat([int32(2), Buffer.from("ab")]))],
      ["a binary of negative length", element(5, Buffer.concat([int32(-1), Buffer.from([0])]))],
      [
        "a binary longer than its document",
        element(5, Buffer.concat([int32(99), Buffer.from([0])])),
      ],
      ["an array longer than its document", element(4, int32(500))],
      ["a regular expression without an end", element(11, Buffer.from("abc"))],
      ["a double that is cut off", element(1, Buffer.alloc(3))],
      ["code with scope that lies about its length", element(15, int32(3))],
    ] as const
  ).map(([what, document]) => [`a document with ${what}`, message(section(0, document))] as const),
  ["an OP_QUERY without a name", frame(int32(0), { opcode: 2004 })],
];

describe("a client that sends", () => {
  test.each(MALFORMED)("%s is cut off, and others are served on", async (_what, bytes) => {
    // What is announced but missing must not be waited for: the socket is ended after it.
    const { isClosed } = await exchange(Buffer.concat([bytes, Buffer.alloc(64)]));

    expect(isClosed).toBe(true);
    expect(await world.db.collection("c").countDocuments()).toBe(1);
  });

  test("too deeply nested BSON gets an error and may go on", async () => {
    const deep = await exchange(message(section(0, nested(250))));
    const flat = await exchange(message(section(0, nested(150))));

    expect(decodeReply(deep.reply)).toMatchObject({ ok: 0, code: 15 });
    expect(decodeReply(flat.reply)).toMatchObject({ ok: 1 });
  });

  test("its messages byte by byte or many at once gets every answer", async () => {
    const socket = connect(path);
    const replies: Buffer[] = [];
    const done = new Promise<void>((resolve) => {
      socket.on("data", (data) => {
        replies.push(data);
        if (Buffer.concat(replies).length >= 6 * 38) resolve();
      });
    });
    socket.setNoDelay(true);

    for (const byte of message(section(0, ping))) socket.write(Buffer.from([byte]));
    socket.write(Buffer.concat(Array.from({ length: 5 }, () => message(section(0, ping)))));
    await done;
    socket.destroy();

    expect(Buffer.concat(replies).length).toBe(6 * 38);
  });

  test("half of a 48 MB message and leaves costs nobody anything", async () => {
    const sockets: Socket[] = [];
    for (let index = 0; index < 20; index++) {
      const socket = connect(path);
      socket.write(frame(Buffer.alloc(100_000), { length: 48_000_000 }));
      sockets.push(socket);
    }
    expect(await world.db.collection("c").findOne()).toMatchObject({ a: 1 });
    for (const socket of sockets) socket.destroy();

    expect(await world.db.collection("c").countDocuments()).toBe(1);
  });

  test("queries and never reads the replies holds up nobody", async () => {
    const collection = world.db.collection("big");
    await collection.insertMany(Array.from({ length: 40 }, () => ({ pad: Buffer.alloc(500_000) })));
    const find = Buffer.from(BSON.serialize({ find: "big", $db: "world" }));
    const socket = connect(path);
    socket.pause();

    for (let index = 0; index < 50; index++) socket.write(message(section(0, find)));

    expect(await collection.countDocuments({ pad: { $exists: true } })).toBe(40);
    socket.destroy();
  });
});

test("Clients that stop in the middle of large messages cost little memory together, and hold up nobody", async () => {
  const before = anonymousMib();
  const most = Buffer.alloc(40_000_000);
  const sockets = Array.from({ length: 12 }, () => sendWithoutEnd(most));

  // Until the server takes no more.
  let taken = -1;
  for (let quiet = 0; quiet < 100; quiet += 1) {
    await world.db.command({ ping: 1 });
    if (takenBytes(sockets) !== taken) quiet = 0;
    taken = takenBytes(sockets);
  }

  expect(anonymousMib() - before).toBeLessThan(250);
  expect(await world.db.collection("c").countDocuments()).toBe(1);

  const [last = connect(path), ...others] = sockets.reverse();
  for (const socket of others) socket.destroy();
  last.write(Buffer.alloc(48_000_000 - 16 - most.length));
  await once(last, "close");
});
