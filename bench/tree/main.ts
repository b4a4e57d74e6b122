import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MongoClient } from "mongodb";
import { SignedIn } from "../bytes/signed-in.js";
import { Web } from "../sign-ins/web.js";
import { fill, type Filled } from "./fill.js";
import { openRequests, type Person } from "./requests.js";
import { type Column, median, type Row, tableOf } from "./table.js";

/*
 * npm run bench -- tree [--entries 1000,1000000] [--rounds N] [--data FOLDER] [--profile FOLDER]
 *
 * Makes an account with each number of files in the embedded store, and asks the web process for the same of each of them, in turn. The entries
 * and versions are written to the store directly, as uploads leave them, which takes most of the time. With --data the store stays in that
 * folder, and another run finds it filled. --profile writes the CPU profile of the web process.
 */
const options = {
  entries: { type: "string", default: "1000,1000000" },
  rounds: { type: "string", default: "21" },
  data: { type: "string" },
  profile: { type: "string" },
} as const;

const PROBE = resolve(import.meta.dirname, "loop-probe.js");

async function main(): Promise<void> {
  const { data, entries, profile, rounds } = parseArgs({ options }).values;
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const web = await Web.start({
    nodeOptions: ["--import", PROBE, ...profiling],
    isTalking: true,
    settings: { RATE_LIMIT_SEARCHES_PER_CREDENTIAL: "off" },
    ...(data !== undefined && { dataFolder: join(data, "store") }),
  });
  try {
    const kept = data === undefined ? undefined : join(data, "filled.json");
    const sizes = entries.split(",").map(Number);
    const persons = await personsOf(web, sizes, kept);
    const load = loadavg()[0] ?? Number.NaN;
    const rows = await measure(web, persons, Number(rounds));
    process.stdout.write(`${cpus().length} cores, load ${load.toFixed(1)} before\n\n`);
    process.stdout.write(`${tableOf(sizes, rows)}\n`);
  } finally {
    await web.stop();
  }
}

/** @param kept - The file that says what a store was filled with before. */
async function personsOf(web: Web, sizes: readonly number[], kept?: string): Promise<Person[]> {
  const known =
    kept !== undefined && existsSync(kept)
      ? (JSON.parse(readFileSync(kept, "utf8")) as Record<number, Filled>)
      : {};
  for (const files of sizes.filter((size) => !(size in known))) {
    (await SignedIn.open(web.url, "register", nameOf(files))).close();
    known[files] = await fillAccount(web, files);
    if (kept !== undefined) writeFileSync(kept, JSON.stringify(known));
  }
  const persons: Person[] = [];
  // Only now: a connection is closed that is idle while an account is filled.
  for (const files of sizes) {
    const filled = known[files];
    if (filled === undefined) throw new Error("The account is not filled");
    const account = await SignedIn.open(web.url, "login", nameOf(files));
    persons.push({ account, filled });
  }
  return persons;
}

const nameOf = (files: number) => `bench-${files}`;

async function fillAccount(web: Web, files: number): Promise<Filled> {
  const client = await MongoClient.connect(web.mongodbUrl, { retryWrites: false });
  try {
    const account = await client
      .db()
      .collection("accounts")
      .findOne({ username: nameOf(files) });
    if (account === null) throw new Error("The account is not there");
    const [ownerId, rootFolderId] = [String(account._id), String(account["rootFolderId"])];
    return await fill(client.db(), { ownerId, rootFolderId, files });
  } finally {
    await client.close();
  }
}

async function measure(web: Web, persons: readonly Person[], rounds: number): Promise<Row[]> {
  const asked = await Promise.all(persons.map(openRequests));
  const titles = asked[0]?.map(({ title }) => title) ?? [];
  const rows: Row[] = [];
  for (const [n, title] of titles.entries()) {
    const sends = persons.map((person, who) => (round: number) => {
      return asked[who]?.[n]?.send(person, round) ?? Promise.reject(new Error("Nothing to send"));
    });
    rows.push({ title, columns: await measureInTurn(web, sends, rounds) });
  }
  return rows;
}

/** The small account and the large one in turn, so that both find the machine as the other has left it. */
async function measureInTurn(
  web: Web,
  sends: readonly ((round: number) => Promise<unknown>)[],
  rounds: number,
): Promise<Column[]> {
  const samples = sends.map((): Sample[] => []);
  // The first round compiles what it needs.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [who, send] of sends.entries()) {
      const sample = await sampleOf(web, () => send(round));
      if (round > 0) samples[who]?.push(sample);
    }
  }
  return samples.map(columnOf);
}

interface Sample {
  readonly ms: number;
  /** CPU time of the thread of the web process's event loop. */
  readonly cpuMs: number;
  readonly holdMs: number;
}

const columnOf = (samples: readonly Sample[]): Column => ({
  ms: median(samples.map(({ ms }) => ms)),
  mostMs: Math.max(...samples.map(({ ms }) => ms)),
  cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
  holdMs: median(samples.map(({ holdMs }) => holdMs)),
  mostHoldMs: Math.max(...samples.map(({ holdMs }) => holdMs)),
});

async function sampleOf(web: Web, send: () => Promise<unknown>): Promise<Sample> {
  await longestHold(web);
  const { ran } = web.eventLoopMs();
  const from = performance.now();
  await send();
  const ms = performance.now() - from;
  return { ms, cpuMs: web.eventLoopMs().ran - ran, holdMs: await longestHold(web) };
}

/** Since it was asked for last. */
async function longestHold({ process: { child } }: Web): Promise<number> {
  const answered = once(child, "message") as Promise<[number]>;
  child.send("reset");
  return (await answered)[0];
}

await main();
