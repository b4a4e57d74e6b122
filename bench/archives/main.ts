import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { SignedIn } from "../bytes/signed-in.js";
import { Web } from "../sign-ins/web.js";
import { median } from "../tree/table.js";

/*
 * npm run bench -- archives [--files N] [--kib 4,64,256] [--copied-mib N] [--rounds N]
 *
 * Stores so many files of each size, and measures how fast they come as ZIP files, in turn with one file of 64 MiB. Then it copies a file of
 * 5 KiB and one of 5 GiB in turn.
 */
const options = {
  files: { type: "string", default: "2000" },
  kib: { type: "string", default: "4,64,256" },
  "copied-mib": { type: "string", default: "5120" },
  rounds: { type: "string", default: "5" },
} as const;

const KIB = 1024;
const MIB = 1024 * KIB;
/** So few are ready at once, without a worker. */
const FILES_OF_AN_ARCHIVE = 500;
const UPLOADS_AT_ONCE = 8;
const WHOLE_MIB = 64;
const COPIES = 21;
const NAME = "bench";

/** What is downloaded, and how many bytes of contents it has. */
interface Download {
  readonly title: string;
  readonly paths: readonly string[];
  readonly bytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const settings = {
    DEFAULT_QUOTA_BYTES: "unlimited",
    RATE_LIMIT_UPLOADS_PER_CREDENTIAL: "off",
    RATE_LIMIT_UPLOADS_PER_ACCOUNT: "off",
    RATE_LIMIT_UPLOADS_PER_ADDRESS: "off",
  };
  const web = await Web.start({ nodeOptions: [], settings });
  try {
    const person = await SignedIn.open(web.url, "register", NAME);
    print(`${cpus().length} cores, load ${(loadavg()[0] ?? Number.NaN).toFixed(1)} before\n`);
    const sizes = values.kib.split(",").map(Number);
    if (Number(values.files) > 0) {
      const others: SignedIn[] = [];
      while (others.length < UPLOADS_AT_ONCE)
        others.push(await SignedIn.open(web.url, "login", NAME));
      const downloads = await storeFiles([person, ...others], sizes, Number(values.files));
      for (const other of others) other.close();
      await measureDownloads(web, person, { downloads, rounds: Number(values.rounds) });
    }
    if (Number(values["copied-mib"]) > 0) await measureCopies(person, Number(values["copied-mib"]));
    person.close();
  } finally {
    await web.stop();
  }
}

async function storeFiles(
  connections: readonly [SignedIn, ...SignedIn[]],
  sizes: readonly number[],
  files: number,
): Promise<Download[]> {
  const [person] = connections;
  const whole = await upload(person, "whole", { sizeBytes: WHOLE_MIB * MIB });
  const paths = [`/files/${whole}`];
  const downloads = [{ title: `a file of ${WHOLE_MIB} MiB`, paths, bytes: WHOLE_MIB * MIB }];
  for (const kib of sizes) {
    const archives: string[] = [];
    for (let at = 0; at < files; at += FILES_OF_AN_ARCHIVE) {
      const { id: folderId } = idOf(
        await person.ask("POST", "/folders", { body: { name: `${kib} KiB from ${at}` } }),
      );
      const count = Math.min(FILES_OF_AN_ARCHIVE, files - at);
      let next = 0;
      const uploadNext = async (connection: SignedIn) => {
        for (; next < count;) {
          const name = `${next}`;
          next += 1;
          await upload(connection, name, { folderId, sizeBytes: kib * KIB });
        }
      };
      await Promise.all(connections.map(uploadNext));
      archives.push(idOf(await person.ask("POST", "/archives", { body: { folderId } })).id);
    }
    const title = `a ZIP of ${files} files of ${kib} KiB`;
    const bytes = files * kib * KIB;
    downloads.push({ title, paths: archives.map((id) => `/archives/${id}`), bytes });
  }
  return downloads;
}

async function upload(
  person: SignedIn,
  name: string,
  { folderId = "root", sizeBytes }: { folderId?: string; sizeBytes: number },
): Promise<string> {
  const query = new URLSearchParams({ name, folderId });
  return idOf(await person.ask("PUT", `/files?${query.toString()}`, { body: sizeBytes })).id;
}

const idOf = ({ text }: { readonly text: string }) => JSON.parse(text) as { readonly id: string };

async function measureDownloads(
  web: Web,
  person: SignedIn,
  { downloads, rounds }: { downloads: readonly Download[]; rounds: number },
): Promise<void> {
  const seconds = downloads.map((): number[] => []);
  const cpu = downloads.map((): number[] => []);
  // The first round compiles what it needs.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, { paths }] of downloads.entries()) {
      const [from, cpuFrom] = [performance.now(), web.process.cpuSeconds()];
      for (const path of paths) await person.ask("GET", path);
      if (round === 0) continue;
      seconds[n]?.push((performance.now() - from) / 1000);
      cpu[n]?.push(web.process.cpuSeconds() - cpuFrom);
    }
  }
  print("| download | MB/s | of one file's rate | CPU, s/GiB |\n| --- | ---: | ---: | ---: |");
  const rates = downloads.map(({ bytes }, n) => bytes / 1e6 / median(seconds[n] ?? []));
  for (const [n, { title, bytes }] of downloads.entries()) {
    const [rate = Number.NaN, whole = Number.NaN] = [rates[n], rates[0]];
    const perGib = (median(cpu[n] ?? []) * 1024 * MIB) / bytes;
    print(
      `| ${title} | ${rate.toFixed(0)} | ${(rate / whole).toFixed(2)} | ${perGib.toFixed(1)} |`,
    );
  }
}

async function measureCopies(person: SignedIn, mib: number): Promise<void> {
  const sizes = [5 * KIB, mib * MIB];
  const ids: string[] = [];
  for (const sizeBytes of sizes) ids.push(await upload(person, `of ${sizeBytes}`, { sizeBytes }));
  const times = sizes.map((): number[] => []);
  for (let round = 0; round <= COPIES; round += 1) {
    for (const [n, id] of ids.entries()) {
      const from = performance.now();
      await person.ask("POST", `/files/${id}/copy`, { body: { name: `copy ${round} of ${id}` } });
      if (round > 0) times[n]?.push(performance.now() - from);
    }
  }
  const [small, large] = times.map(median);
  print("\n| a copy of | median ms |\n| --- | ---: |");
  print(`| 5 KiB | ${small?.toFixed(1)} |\n| ${mib} MiB | ${large?.toFixed(1)} |`);
}

const print = (text: string) => process.stdout.write(`${text}\n`);

await main();
