import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { commit, isDiskFull } from "./commit.js";
import { DATA_FILE, LOCK_FILE } from "./file-check.js";
import { writeFormat } from "./format.js";
import { StoreError } from "./store-error.js";
import { MAX_TABLES, TABLE, type Table } from "./table.js";

/** What of the copy waits in memory for its commit. */
const BATCH_BYTES = 8 * 1024 * 1024;

export interface TableEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * Writes a data file of this server's format, with these tables and no unused pages, into an empty folder. Only the user may read
 * it. It is not synced.
 * @param tables - The entries of each, in the order of their keys.
 * @throws StoreError when the disk is full; half a file may be left then.
 */
export async function writeTables(
  folder: string,
  tables: Readonly<Record<string, Iterable<TableEntry>>>,
): Promise<void> {
  writeFileSync(join(folder, DATA_FILE), "", { mode: 0o600 });
  const options = { ...TABLE, path: folder, noSubdir: false, noMemInit: true };
  const root = open<Buffer, Buffer>({
    ...options,
    maxDbs: MAX_TABLES,
    noSync: true,
    overlappingSync: false,
    eventTurnBatching: false,
  });
  try {
    for (const [name, entries] of Object.entries(tables)) {
      const table: Table = root.openDB<Buffer, Buffer>({ ...TABLE, name });
      for (const batch of batches(entries))
        await commit(table, () => {
          for (const { key, value } of batch) table.putSync(key, value, { append: true });
        });
    }
    writeFormat(root.openDB<Buffer, Buffer>({ ...TABLE, name: "meta" }));
  } catch (error) {
    throw isDiskFull(error)
      ? new StoreError("The disk is full: there is no room for the copy", { cause: error })
      : error;
  } finally {
    await root.close();
  }
  rmSync(join(folder, LOCK_FILE));
}

function* batches(entries: Iterable<TableEntry>): Iterable<readonly TableEntry[]> {
  let batch: TableEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    batch.push(entry);
    bytes += entry.key.length + entry.value.length;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  yield batch;
}
