import { createHash, type Hash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { FileEntry } from "../../common/entries/entry.js";
import { newId } from "../../common/platform/ids.js";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { isLong } from "../support/long.js";
import { memoryBytes } from "../support/process-figures.js";
import { StreamingClient } from "../support/streaming-client.js";

const MIB = 1024 ** 2;
/** The long form needs ZIP64 for the whole, and many pages. */
const [FILES, FILE_BYTES, CUTS] = isLong ? [50_000, 429_497, 20] : [1200, 60_013, 3];
/** So many contents are stored, and each of the files shows one of them: the store holds little. */
const CONTENTS = 100;

let deployment: Deployment;

beforeAll(async () => {
  const settings = { DEPENDENCY_TIMEOUT_MS: "30000", DEFAULT_QUOTA_BYTES: "unlimited" };
  deployment = await Deployment.start({ settings });
});

afterAll(() => deployment.close());

/** Stores contents, and inserts entries that show their versions once more. */
async function storeFiles(client: StreamingClient): Promise<void> {
  for (let n = 0; n < CONTENTS; n += 1) {
    await client.put(`base ${n}`, makeContent(FILE_BYTES).bytes(), FILE_BYTES);
  }
  await deployment.withDb(async (db) => {
    const entries = db.collection<FileEntry>("entries");
    const stored = await entries.find().toArray();
    const copies = Array.from({ length: FILES - CONTENTS }, (_, n): FileEntry[] => {
      const file = stored[n % CONTENTS];
      const name = `copy ${n}`;
      return file === undefined ? [] : [{ ...file, _id: newId(), name, nameKey: name }];
    });
    for (let at = 0; at < copies.length; at += 1000) {
      await entries.insertMany(copies.slice(at, at + 1000).flat());
    }
  });
}

async function makeArchive(client: StreamingClient) {
  const { json } = await client.ask({
    method: "POST",
    path: "/api/v1/archives",
    headers: { "Content-Type": "application/json" },
    body: [Buffer.from('{"folderId":"root"}')],
  });
  return untilAnswered(async () => {
    const archive = await client.get(json.links.metadata);
    return archive.state === "ready" ? archive : undefined;
  }, 600_000);
}

interface Part {
  readonly path: string;
  readonly from: number;
  /** Where the connection is cut; without it, at the end. */
  readonly until?: number;
  readonly etag?: string;
}

/** Adds what comes to a hash, and cuts the connection behind a byte. @returns where it was cut, and the ETag. */
async function receive(client: StreamingClient, hash: Hash, { path, from, until, etag }: Part) {
  const headers = etag !== undefined && { Range: `bytes=${from}-`, "If-Range": etag };
  const response = await client.send({ method: "GET", path, ...(headers && { headers }) });
  expect(response.statusCode).toBe(etag === undefined ? 200 : 206);
  let at = from;
  for await (const piece of response as AsyncIterable<Buffer>) {
    const wanted = piece.subarray(0, until === undefined ? piece.length : until - at);
    hash.update(wanted);
    at += wanted.length;
    if (at === until) break;
  }
  return { at, etag: String(response.headers.etag) };
}

test(
  `A ZIP of ${FILES} files that is cut ${CUTS} times and resumed equals the uncut one, in less than 64 MiB more memory than its beginning`,
  async () => {
    const client = await StreamingClient.register(deployment.url);
    await storeFiles(client);
    const archive = await makeArchive(client);
    const path = archive.links.content;
    const { sizeBytes } = archive;
    expect(sizeBytes).toBeGreaterThan(FILES * FILE_BYTES);
    const { pid } = deployment.process("web");
    await receive(client, createHash("sha256"), {
      path,
      from: 0,
      until: Math.min(64 * MIB, Math.floor(sizeBytes / 4)),
    });
    const peakBytes = memoryBytes(pid, "VmHWM");

    const whole = createHash("sha256");
    expect((await receive(client, whole, { path, from: 0 })).at).toBe(sizeBytes);
    const resumed = createHash("sha256");
    let { at, etag } = { at: 0, etag: undefined as string | undefined };
    for (let cut = 1; cut <= CUTS + 1; cut += 1) {
      const until = cut > CUTS ? sizeBytes : Math.floor((sizeBytes * cut) / (CUTS + 1));
      const part = { path, from: at, until, ...(etag !== undefined && { etag }) };
      ({ at, etag } = await receive(client, resumed, part));
    }

    expect(at).toBe(sizeBytes);
    expect(resumed.digest("hex")).toBe(whole.digest("hex"));
    expect(memoryBytes(pid, "VmHWM") - peakBytes).toBeLessThan(64 * MIB);
  },
  isLong ? 7_200_000 : 180_000,
);
