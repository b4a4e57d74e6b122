import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { type Db, Double, Long } from "mongodb";

export const MAINTENANCE = resolve(import.meta.dirname, "../../src/maintenance/main.js");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the maintenance program to its end, as a process of its own. */
export function maintain(...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [MAINTENANCE, ...args], (_error, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Collections with an index of every kind, and one that was dropped. */
export async function fill(db: Db): Promise<void> {
  const files = db.collection("files");
  await files.createIndexes([
    { key: { owner: 1, name: 1 }, unique: true },
    { key: { tags: 1 } },
    { key: { size: -1 }, sparse: true },
    { key: { at: 1 }, partialFilterExpression: { live: true } },
    { key: { expires: 1 }, expireAfterSeconds: 3600 },
  ]);
  await files.insertMany(
    Array.from({ length: 500 }, (_, index) => ({
      owner: index % 7,
      name: `file-${index}`,
      tags: ["all", index % 3, { deep: index % 5 }],
      at: new Date(index),
      live: index % 2 === 0,
      ...(index % 4 === 0 && { size: Long.fromNumber(index), ratio: new Double(1) }),
      ...(index === 9 && { pad: "x".repeat(100_000) }),
    })),
  );
  await files.updateMany({ owner: 3 }, { $set: { owner: 8 }, $push: { tags: "moved" } as never });
  await files.deleteMany({ owner: 5 });
  await db.createCollection("empty");
  await db.collection("dropped").insertMany(Array.from({ length: 2000 }, (_, n) => ({ n })));
  await db.collection("dropped").drop();
}

/** Does something again and again. @returns What ends that, and fails if it failed. */
export function keepDoing(work: (count: number) => Promise<unknown>): () => Promise<void> {
  const stopping = new AbortController();
  const working = (async () => {
    for (let count = 0; !stopping.signal.aborted; count += 1) await work(count);
  })();
  return () => {
    stopping.abort();
    return working;
  };
}
