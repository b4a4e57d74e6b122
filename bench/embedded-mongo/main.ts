import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ObjectId } from "mongodb";
import { type Bucket, CHUNK_SIZE_BYTES } from "../../common/storage/bucket.js";
import { MeasuredServer } from "./measured-server.js";
import { measurePoliteness } from "./politeness.js";
import { formatTable, type Measurement, writeResults } from "./report.js";
import {
  findDocuments,
  insertDocuments,
  loadRows,
  makeHoles,
  openBlobs,
  readBlob,
  readPages,
  writeBlob,
} from "./workloads.js";

/*
 * npm run bench -- embedded-mongo [--quick] [--only blobs|documents|pages|politeness|holes] [--profile]
 *
 * Measures the embedded store, client included, in rounds of which the median counts. They take turns with those of what they
 * are held against, but for holes, which stay. --quick takes a quarter of the data and three rounds; --profile writes the store's
 * CPU profile into the current folder.
 */
const MIB = 1024 * 1024;

interface Scale {
  readonly rounds: number;
  readonly blobBytes: number;
  readonly documents: number;
  readonly finds: number;
  readonly rows: number;
  readonly pages: number;
  readonly holes: number;
}

/** Blobs are whole chunks, which the discarding server can serve. */
const wholeChunks = (bytes: number) => bytes - (bytes % CHUNK_SIZE_BYTES);

const FULL: Scale = {
  rounds: 5,
  blobBytes: wholeChunks(1024 * MIB),
  documents: 10_000,
  finds: 10_000,
  rows: 1_000_000,
  pages: 950,
  holes: 50_000,
};
const QUICK: Scale = {
  rounds: 3,
  blobBytes: wholeChunks(256 * MIB),
  documents: 4000,
  finds: 4000,
  rows: 100_000,
  pages: 950,
  holes: 20_000,
};
const FEW_ROWS = 1000;
/** As many as a sort may hold. */
const POLITE_DOCUMENTS = 100_000;
const ONE_BY_ONE = 500;
const HOLES_BLOB_BYTES = wholeChunks(32 * MIB);

async function measureBlobs(
  { rounds, blobBytes }: Scale,
  store: MeasuredServer,
  discarding: MeasuredServer,
): Promise<Measurement[]> {
  const [kept, discarded] = await Promise.all([store, discarding].map((s) => openBlobs(s.client)));
  if (kept === undefined || discarded === undefined) throw new TypeError("No bucket");
  const figures = { in: [] as number[], out: [] as number[] };
  const references = { in: [] as number[], out: [] as number[] };
  const round = async (bucket: Bucket, into: typeof figures) => {
    const blobId = new ObjectId();
    into.in.push(await writeBlob(bucket, blobId, blobBytes));
    into.out.push(await readBlob(bucket, blobId, blobBytes));
    await bucket.chunks.deleteMany({ files_id: blobId });
  };
  for (let count = 0; count < rounds; count++) {
    await round(discarded, references);
    await round(kept, figures);
  }
  const size = `${Math.round(blobBytes / MIB)} MiB`;
  return [
    {
      what: `${size} in, by the product's writer`,
      unit: "MiB/s",
      store: figures.in,
      reference: { name: "into a server that discards", rounds: references.in },
      floor: 0.35,
    },
    {
      what: `${size} out, by the product's reader`,
      unit: "MiB/s",
      store: figures.out,
      reference: { name: "from a server's memory", rounds: references.out },
      floor: 0.5,
    },
  ];
}

async function measureDocuments(scale: Scale, store: MeasuredServer): Promise<Measurement[]> {
  const inserts: number[] = [];
  const finds: number[] = [];
  for (let count = 0; count < scale.rounds; count++) {
    inserts.push(await insertDocuments(store.client, scale.documents));
    finds.push(await findDocuments(store.client, Math.min(scale.finds, scale.documents)));
  }
  return [
    { what: "1 KiB inserts, fsynced, 50 at once", unit: "/s", store: inserts, floor: 4000 },
    { what: "finds by index, 50 at once", unit: "/s", store: finds, floor: 3500 },
  ];
}

async function measurePages(scale: Scale, store: MeasuredServer): Promise<Measurement[]> {
  const few = await loadRows(store.client, FEW_ROWS);
  const many = await loadRows(store.client, scale.rows);
  const pages: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let count = 0; count < scale.rounds; count++) {
    pages.few.push(await readPages(few, FEW_ROWS, scale.pages));
    pages.many.push(await readPages(many, scale.rows, scale.pages));
  }
  const what = `pages of 50, among ${scale.rows.toLocaleString("en")} documents`;
  const reference = { name: `among ${FEW_ROWS.toLocaleString("en")}`, rounds: pages.few };
  return [{ what, unit: "/s", store: pages.many, reference, floor: 0.9 }];
}

/** What uploads find after many small files were deleted: free pages enough, but in small pieces. */
async function measureHoles(scale: Scale, store: MeasuredServer): Promise<Measurement[]> {
  const bucket = await openBlobs(store.client);
  const inserts: { before: number[]; after: number[] } = { before: [], after: [] };
  const blobs: { before: number[]; after: number[] } = { before: [], after: [] };
  for (const when of ["before", "after"] as const) {
    if (when === "after") await makeHoles(store.client, scale.holes);
    for (let count = 0; count < scale.rounds; count++) {
      const blobId = new ObjectId();
      blobs[when].push(await writeBlob(bucket, blobId, HOLES_BLOB_BYTES));
      inserts[when].push(await insertDocuments(store.client, ONE_BY_ONE, 1));
    }
  }
  const among = `among ${scale.holes.toLocaleString("en")} holes`;
  const reference = (rounds: number[]) => ({ name: "without", rounds });
  return [
    {
      what: `1 KiB inserts one by one, ${among}`,
      unit: "/s",
      store: inserts.after,
      reference: reference(inserts.before),
      floor: 0.7,
    },
    {
      what: `32 MiB in, ${among}`,
      unit: "MiB/s",
      store: blobs.after,
      reference: reference(blobs.before),
      floor: 0.08,
    },
  ];
}

async function main(): Promise<void> {
  const options = {
    quick: { type: "boolean" },
    only: { type: "string" },
    profile: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ options });
  const scale = values.quick === true ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "bench-mongo-"));
  const isWanted = (name: string) => values.only === undefined || values.only === name;
  const store = await MeasuredServer.store(
    join(folder, "store"),
    values.profile === true ? ["--cpu-prof"] : [],
  );
  const discarding = await MeasuredServer.discarding(join(folder, "discarding.sock"));
  try {
    const measurements: Measurement[] = [];
    if (isWanted("blobs")) measurements.push(...(await measureBlobs(scale, store, discarding)));
    if (isWanted("documents")) measurements.push(...(await measureDocuments(scale, store)));
    if (isWanted("pages")) measurements.push(...(await measurePages(scale, store)));
    if (isWanted("politeness"))
      measurements.push(
        ...(await measurePoliteness(store.client, {
          rounds: scale.rounds,
          documents: POLITE_DOCUMENTS,
        })),
      );
    // The last, because holes stay.
    if (isWanted("holes")) measurements.push(...(await measureHoles(scale, store)));
    const peak = [store.peakAnonymousBytes / 1e6];
    measurements.push(
      { what: "most anonymous memory of the store", unit: "MB", store: peak, ceiling: 300 },
      { what: "start on an empty folder", unit: "ms", store: [store.startMs], ceiling: 1000 },
    );
    const path = writeResults("embedded-mongo", measurements);
    const load = loadavg()[0]?.toFixed(1) ?? "?";
    process.stdout.write(`${formatTable(measurements)}\n\nLoad of the machine: ${load}. ${path}\n`);
  } finally {
    await store.stop();
    await discarding.stop();
    rmSync(folder, { recursive: true });
  }
}

await main();
