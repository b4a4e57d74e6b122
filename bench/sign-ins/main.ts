import { once } from "node:events";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { argon2id, hash } from "argon2";
import { Web } from "./web.js";

/*
 * npm run bench -- sign-ins [--rounds N] [--profile FOLDER]
 *
 * Measures how long /healthz takes, and how much memory the web process, while nobody signs in and while 64 people do at once. Between both it
 * measures the same while this process computes the 64 hashes and the web process does nothing else: what a probe waits for then, it waits for
 * because there are no more cores. --profile writes the CPU profile of the web process.
 */
const AT_ONCE = 64;
/** The defaults of `MAX_CONCURRENT_PASSWORD_HASHES` and the other settings of hashes. */
const HASHES_AT_ONCE = 2;
const IDLE_MS = 3000;
const MIB = 1024 ** 2;
const SETTINGS = {
  // The last of 64 waits for 31 others.
  PASSWORD_HASH_WAIT_MS: "60000",
  RATE_LIMIT_SIGN_INS_PER_ADDRESS: "off",
};
const PERSON = { username: "bench", password: "a password of the bench" };

const options = {
  rounds: { type: "string", default: "5" },
  profile: { type: "string" },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const { profile } = values;
  const load = loadavg()[0] ?? Number.NaN;
  const nodeOptions = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const web = await Web.start({ nodeOptions, settings: SETTINGS });
  try {
    await post(web, "register", 201);
    // The first sign-ins compile what they need.
    await signInAtOnce(web);
    const idle = await probing(web, () => new Promise((done) => setTimeout(done, IDLE_MS)));
    const elsewhere = await probing(web, hashElsewhere);
    const before = web.process.rssBytes();
    web.process.forgetPeak();
    const loopBefore = web.eventLoopMs();
    const busy: number[] = [];
    const rounds: number[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const startedAt = performance.now();
      busy.push(...(await probing(web, () => signInAtOnce(web))));
      rounds.push(performance.now() - startedAt);
    }
    const loop = web.eventLoopMs();
    const signIns = AT_ONCE * rounds.length;
    const perSignIn = (ms: number) => (ms / signIns).toFixed(1);
    const peak = web.process.peakRssBytes();
    print(`${cpus().length} cores, load ${load.toFixed(1)} before\n`);
    print(
      "| GET /healthz, ms | probes | median | p99 | max |\n| --- | ---: | ---: | ---: | ---: |",
    );
    print(row("nobody signs in", idle));
    print(row(`${AT_ONCE} hashes in another process`, elsewhere));
    print(row(`${AT_ONCE} sign in at once`, busy));
    print(
      `\n${AT_ONCE} sign-ins took ${quantile(rounds, 0.5).toFixed(0)} ms (median of ${rounds.length}).`,
    );
    print(
      `For each the event loop had a core for ${perSignIn(loop.ran - loopBefore.ran)} ms, and waited ${perSignIn(loop.waited - loopBefore.waited)} ms for one.`,
    );
    print(
      `RSS ${mib(before)} MiB before, ${mib(peak)} MiB at its peak: ${mib(peak - before)} MiB more.`,
    );
  } finally {
    await web.stop();
  }
}

/** @returns How long each probe took while something was done, in milliseconds. */
async function probing(web: Web, work: () => Promise<unknown>): Promise<number[]> {
  const path = resolve(import.meta.dirname, "prober.js");
  const prober = new Worker(path, { workerData: `${web.url}/healthz` });
  await once(prober, "online");
  await work();
  // Both events may come in one turn: none may be waited for only after the other.
  const over = Promise.all([once(prober, "message"), once(prober, "exit")]);
  prober.postMessage("over");
  const [[times]] = (await over) as [[number[]], unknown];
  return times;
}

/** As many hashes as for the sign-ins, as many at once as the web process does. */
async function hashElsewhere(): Promise<void> {
  const options = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
  for (let done = 0; done < AT_ONCE; done += HASHES_AT_ONCE) {
    await Promise.all(Array.from({ length: HASHES_AT_ONCE }, () => hash(PERSON.password, options)));
  }
}

const signInAtOnce = (web: Web) =>
  Promise.all(Array.from({ length: AT_ONCE }, () => post(web, "login", 200)));

async function post({ url }: Web, path: string, expected: number): Promise<void> {
  const answer = await fetch(`${url}/api/v1/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(PERSON),
  });
  const text = await answer.text();
  if (answer.status !== expected) throw new Error(`${path} was answered ${answer.status} ${text}`);
}

function row(title: string, times: readonly number[]): string {
  const figures = [0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(1));
  return `| ${title} | ${times.length} | ${figures.join(" | ")} |`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

const mib = (bytes: number) => (bytes / MIB).toFixed(0);

await main();
