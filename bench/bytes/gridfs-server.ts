import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { GridFSBucket, MongoClient, ObjectId } from "mongodb";

/*
 * node gridfs-server.js MONGODB_URL DATABASE
 *
 * What a short tutorial does: the driver's own GridFSBucket streams behind a bare HTTP server, with no accounts, names, quotas,
 * digests or checks, on the driver's own defaults but for the acknowledgement, which is the product's. Downloads believe the
 * client about lengths, which saves a look-up.
 */
const [mongodbUrl = "", database] = process.argv.slice(2);
const client = await MongoClient.connect(mongodbUrl, {
  writeConcern: { w: "majority", journal: true },
});
const bucket = new GridFSBucket(client.db(database), { bucketName: "blobs" });

async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const upload = bucket.openUploadStream("bench");
  await pipeline(req, upload);
  const id = upload.id.toHexString();
  res.writeHead(201, { "Content-Length": id.length }).end(id);
}

async function send(url: URL, res: ServerResponse): Promise<void> {
  const id = new ObjectId(url.pathname.slice(1));
  const length = url.searchParams.get("length");
  const start = Number(url.searchParams.get("first"));
  const end = Number(url.searchParams.get("last")) + 1;
  res.writeHead(200, { "Content-Length": length ?? end - start });
  const range = length === null ? { start, end } : {};
  await pipeline(bucket.openDownloadStream(id, range), res);
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    if (req.method === "PUT") await receive(req, res);
    else await send(new URL(req.url ?? "/", "http://host"), res);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    res.destroy();
  }
}

const server = createServer((req, res) => void answer(req, res));
// The lanes of the bench are idle while others take their turn, and some before they are used at all.
server.keepAliveTimeout = 0;
server.headersTimeout = 0;
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
