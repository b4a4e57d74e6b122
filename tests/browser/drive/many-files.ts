import type { FileEntry } from "../../../common/entries/entry.js";
import { parseName } from "../../../common/entries/name.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";

/** The name of a file of {@link makeManyFiles}. */
export const nameOf = (n: number): string => `file ${n}.txt`;

/** Puts one file under so many names into a folder. They are written as they are stored, as uploads would take too long. */
export async function makeManyFiles(world: World, client: Client, plan: Plan): Promise<void> {
  const { id } = await client.store("original.txt", "hello");
  await world.settle();
  const entries = world.mongo.db.collection<FileEntry>("entries");
  const file = await entries.findOne({ _id: id });
  if (file === null) throw new Error("There is no file");
  const copy = (n: number): FileEntry => ({
    ...file,
    ...parseName(nameOf(n)),
    _id: newId(),
    parentId: plan.folderId,
  });
  for (let at = 0; at < plan.count; at += BATCH) {
    const length = Math.min(BATCH, plan.count - at);
    await entries.insertMany(Array.from({ length }, (_, n) => copy(at + n)));
  }
}

const BATCH = 1000;

interface Plan {
  readonly folderId: string;
  readonly count: number;
}
