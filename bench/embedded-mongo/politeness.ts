import type { Collection, MongoClient } from "mongodb";
import { measureWaits } from "./ping.js";
import type { Measurement } from "./report.js";

interface Item {
  readonly n: number;
  readonly text: string;
}

const LOAD_BATCH = 5000;
/** What a client may notice, in milliseconds, on an idle machine. */
const CEILING_MS = 50;

/** Leaves nothing to send. */
const LAST = { $match: { text: "none" } };

/** Operations that keep the server busy and not the client, which would otherwise wait for itself. */
const OPERATIONS: readonly [what: string, run: (items: Collection<Item>) => Promise<unknown>][] = [
  ["sort", (items) => items.aggregate([{ $sort: { n: 1 } }, { $skip: 1000 }, LAST]).toArray()],
  ["group", (items) => items.aggregate([{ $group: { _id: "$n" } }, LAST]).toArray()],
  ["scan", (items) => items.countDocuments({ text: /q/ })],
  ["index build", (items) => items.createIndex({ text: 1 })],
  ["updateMany", (items) => items.updateMany({}, { $inc: { n: 1 } })],
  ["deleteMany", (items) => items.deleteMany({})],
];

/** The longest that a ping of another connection takes while each of the {@link OPERATIONS} runs. */
export async function measurePoliteness(
  client: MongoClient,
  { rounds, documents }: { rounds: number; documents: number },
): Promise<Measurement[]> {
  const waits = new Map<string, number[]>(OPERATIONS.map(([what]) => [what, []]));
  for (let round = 0; round < rounds; round++) {
    const items = client.db("bench").collection<Item>(`polite${round}`);
    await load(items, documents);
    for (const [what, run] of OPERATIONS)
      waits.get(what)?.push(await measureWaits(client, () => run(items)));
    await items.drop();
  }
  return [...waits].map(([what, store]) => ({
    what: `longest ping during a ${what} of ${documents.toLocaleString("en")} documents`,
    unit: "ms",
    store,
    ceiling: CEILING_MS,
  }));
}

async function load(items: Collection<Item>, documents: number): Promise<void> {
  for (let from = 0; from < documents; from += LOAD_BATCH)
    await items.insertMany(
      Array.from({ length: LOAD_BATCH }, (_, index) => ({
        n: ((from + index) * 7919) % documents,
        text: `text ${from + index}`,
      })),
    );
}
