import { createServer } from "node:net";
import { Double, Long } from "mongodb";
import { CHUNK_SIZE_BYTES } from "../../common/storage/bucket.js";
import {
  decodeDocument,
  encodeDocument,
  getField,
  readElements,
} from "../../packages/embedded-mongo/src/bson/document.js";
import { BufferPool } from "../../packages/embedded-mongo/src/wire/buffer-pool.js";
import { Connection, type Reply } from "../../packages/embedded-mongo/src/wire/connection.js";
import { CursorReply } from "../../packages/embedded-mongo/src/wire/cursor-reply.js";
import type { CommandMessage } from "../../packages/embedded-mongo/src/wire/messages.js";

/*
 * node discarding-server.js SOCKET
 *
 * The least that a MongoDB server can do, on the embedded store's own wire code: it acknowledges inserts and discards
 * them, and answers a reader's finds from one chunk in memory. What a client achieves against it is what client, wire
 * and socket allow on this machine; the store is measured against that.
 */
const POOL_BYTES = 48 * 1024 * 1024;
const STALL_TIMEOUT_MS = 60_000;

const pool = new BufferPool(POOL_BYTES);
/** As the reader's projection asks for it. Only `n` differs from one chunk to the next. */
const chunk = encodeDocument({ n: 0, data: Buffer.alloc(CHUNK_SIZE_BYTES, "content") });
const positionBytes = getField(chunk, "n")?.bytes ?? Buffer.alloc(4);

function answer({ body, sequences }: CommandMessage): Reply {
  const [command] = readElements(body);
  switch (command?.name ?? "") {
    case "hello":
    case "ismaster":
      return reply(describeServer());
    case "insert":
      return reply({ n: sequences.get("documents")?.length ?? 0 });
    case "find":
      return chunksOf(body);
    default:
      return reply({});
  }
}

function reply(fields: Record<string, unknown>): Reply {
  return { body: encodeDocument({ ...fields, ok: new Double(1) }) };
}

function describeServer(): Record<string, unknown> {
  const sizes = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000 };
  const versions = { minWireVersion: 0, maxWireVersion: 21, maxWriteBatchSize: 100_000 };
  return { helloOk: true, ismaster: true, isWritablePrimary: true, ...sizes, ...versions };
}

/** The chunks of `{ files_id, n: { $gte, $lte } }`. */
function chunksOf(body: Buffer): Reply {
  const { filter, $db } = decodeDocument(body) as { filter: ChunkFilter; $db: string };
  const cursor = new CursorReply(pool, "firstBatch", { bytes: Infinity });
  for (let n = Number(filter.n.$gte); n <= Number(filter.n.$lte); n += 1) {
    positionBytes.writeInt32LE(n);
    cursor.add(chunk);
  }
  return cursor.finish({ id: 0n, namespace: `${$db}.blobs.chunks` });
}

interface ChunkFilter {
  readonly n: { readonly $gte: Long; readonly $lte: Long };
}

const path = process.argv[2] ?? "";
const server = createServer((socket) => {
  new Connection(socket, {
    pool,
    stallTimeoutMs: STALL_TIMEOUT_MS,
    execute: (message) => Promise.resolve(answer(message)),
    onClose: () => undefined,
  });
});
server.listen(path, () => {
  const url = `mongodb://${encodeURIComponent(path)}/?directConnection=true`;
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
