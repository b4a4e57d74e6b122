import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Db, MongoClient } from "mongodb";
import { entryIndexes } from "../../common/entries/indexes.js";
import { createIndexes } from "../../common/migrations/indexes.js";
import { newId } from "../../common/platform/ids.js";
import { MeasuredProcess } from "../bytes/measured-process.js";
import { makeContents } from "./contents.js";
import { type Home, makeEntries, makeEntry } from "./entries.js";
import { measure, type Measurement } from "./measure.js";
import { openSearches } from "./searches.js";

/*
 * npm run bench -- search [--entries 1000,100000]
 *
 * Makes accounts with so many entries in the embedded store, and measures what finds them.
 */
const STORE = resolve(import.meta.dirname, "../../packages/embedded-mongo/src/main.js");
const ROUNDS = 20;
const INSERTS = 400;
const HEAD = "median ms   cpu ms   store's cpu ms   longest hold ms   items";

interface Bench {
  readonly client: MongoClient;
  readonly storeSeconds: () => number;
}

/** One entry after the other, with all indexes and with those alone that lists need. */
async function measureInserts({ client, storeSeconds }: Bench): Promise<Measurement[]> {
  const home = { ownerId: newId(), rootFolderId: newId() };
  const [all, few] = [client.db("all"), client.db("few")];
  await createIndexes(all);
  await few.collection("entries").createIndexes([...entryIndexes]);
  const insert = (db: Db, entry: object) =>
    db
      .collection("entries")
      .insertOne(entry)
      .then(() => 1);
  const terms = { rounds: INSERTS, storeSeconds };
  const searched = await measure((n) => insert(all, makeEntry(home, home.rootFolderId, n)), terms);
  const plain = await measure((n) => {
    return insert(few, { ...makeEntry(home, home.rootFolderId, n), nameTerms: [] });
  }, terms);
  const indexed = await measure((n) => {
    const file = makeEntry(home, home.rootFolderId, n);
    return makeContents(all, [file], n).then(() => 1);
  }, terms);
  return [
    { name: "insert", ...searched },
    { name: "insert without search", ...plain },
    { name: "insert words of a content", ...indexed },
  ];
}

async function measureSearches(db: Db, home: Home, { storeSeconds }: Bench) {
  const measured: Measurement[] = [];
  for (const [name, run] of Object.entries(await openSearches(db, home))) {
    measured.push({ name, ...(await measure(run, { rounds: ROUNDS, storeSeconds })) });
  }
  return measured;
}

function print(title: string, measured: readonly Measurement[]): void {
  process.stdout.write(`\n${title.padEnd(34)} ${HEAD}\n`);
  for (const { name, medianMs, cpuMs, storeCpuMs, longestHoldMs, items } of measured) {
    const [median, cpu, store, hold] = [medianMs, cpuMs, storeCpuMs, longestHoldMs].map((ms) =>
      ms.toFixed(2),
    );
    const figures = [median?.padStart(9), cpu?.padStart(8), store?.padStart(16)];
    const row = [name.padEnd(34), ...figures, hold?.padStart(17), String(items).padStart(7)];
    process.stdout.write(`${row.join(" ")}\n`);
  }
}

async function run(bench: Bench, sizes: readonly number[]): Promise<void> {
  print("entries in an empty store", await measureInserts(bench));
  const db = bench.client.db("bench");
  await createIndexes(db);
  for (const entries of sizes) {
    const home = { ownerId: newId(), rootFolderId: newId() };
    await makeEntries(db, home, entries);
    print(`${entries} entries`, await measureSearches(db, home, bench));
  }
}

const { values } = parseArgs({ options: { entries: { type: "string", default: "1000,100000" } } });
const folder = mkdtempSync(join(tmpdir(), "search-"));
const store = new MeasuredProcess({ args: [STORE, "--data", folder], talksBy: "line" });
try {
  const client = await MongoClient.connect(await store.readyUrl(), { retryWrites: false });
  const storeSeconds = () => store.cpuSeconds();
  await run({ client, storeSeconds }, values.entries.split(",").map(Number));
  await client.close();
} finally {
  await store.stop();
  rmSync(folder, { recursive: true });
}
