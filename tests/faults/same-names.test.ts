import { afterEach, expect, test } from "@jest/globals";
import { type Answer, Client, type FormFile } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { isLong } from "../support/long.js";
import { SeededRandom } from "../support/random.js";
import { TusClient } from "../support/tus-client.js";

const REQUESTS = isLong ? 5000 : 200;
const AT_ONCE = 12;

/** `STOWAGE_SEED` repeats a run, but not the order of what happens at once. */
const seed = Number(process.env["STOWAGE_SEED"] ?? Date.now() % 2 ** 31);

/** Few, so that requests meet. One is invalid, and one is a folder. */
const NAMES = ["file", "file", "file.gif", "folder", ".."];
/** Up to 16 KiB are written with one command. */
const CONTENTS = ["", "o", "GIF87a\u0001", Buffer.alloc(16 * 1024 + 1, 7), Buffer.alloc(300_000)];
const CONDITIONS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  { "If-None-Match": '"x", ""' },
  { "If-None-Match": "*" },
  { "If-Match": "*" },
  { "If-None-Match": '"x"', "If-Unmodified-Since": "Fri, 19 Feb 3182 10:16:36 GMT" },
  { "If-Unmodified-Since": "Fri, 31 Dec 9999 23:59:59 GMT" },
  { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" },
];

type Send = (client: Client) => Promise<{ readonly status: number }>;

let deployment: Deployment;

afterEach(() => deployment.close());

/** A request that is the same each time it is sent. */
function newRequest(random: SeededRandom): Send {
  const query = `onConflict=${random.pick(["version", "version", "rename", "fail"])}`;
  const key = random.below(3) > 0 && { "Idempotency-Key": `k${random.below(2 ** 31)}` };
  const headers = { ...random.pick(CONDITIONS), ...key };
  const newFile = (): FormFile => ({ name: random.pick(NAMES), bytes: random.pick(CONTENTS) });
  const { name, bytes } = newFile();
  const form = Array.from({ length: 1 + random.below(5) }, newFile);
  return random.pick<Send>([
    deleteFirst,
    (client) => client.put(`/api/v1/files?name=${name}&${query}`, bytes, headers),
    (client) => uploadByTus(client, name, Buffer.from(bytes)),
    (client) => client.upload(form, `/api/v1/upload?${query}`, headers),
    (client) => client.upload(form, `/api/v1/upload?${query}`, headers),
  ]);
}

async function deleteFirst(client: Client): Promise<Answer> {
  const list = await client.get("/api/v1/files");
  const [file] = list.json.items;
  return file === undefined ? list : client.delete(file.links.content);
}

function uploadByTus({ url, cookie }: Client, name: string, bytes: Buffer) {
  const metadata = `filename ${Buffer.from(name).toString("base64")}`;
  const fields = { "Upload-Length": String(bytes.length), "Upload-Metadata": metadata };
  return new TusClient({ url, cookie }).create(fields, bytes);
}

test(
  `${REQUESTS} requests about the same names (seed ${seed}) fail nothing and leave nothing`,
  async () => {
    deployment = await Deployment.start({ settings: { PREVIEWS: "on" } });
    const client = new Client(deployment.url);
    await client.register();
    await client.makeFolder("folder");
    const random = new SeededRandom(seed);
    const known = Array.from({ length: 40 }, () => newRequest(random));
    const statuses = new Set<number>();
    let remaining = REQUESTS;
    const play = async () => {
      while (remaining > 0) {
        remaining -= 1;
        if (random.below(4) === 0) known[random.below(known.length)] = newRequest(random);
        statuses.add((await random.pick(known)(client)).status);
      }
    };

    await Promise.all(Array.from({ length: AT_ONCE }, play));

    for (const part of ["web", "worker"] as const) expect(deployment.failures(part)).toEqual([]);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  },
  REQUESTS * 500 + 120_000,
);
