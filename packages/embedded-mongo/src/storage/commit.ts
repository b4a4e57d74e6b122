import type { Table } from "./table.js";

/** What LMDB reports when there is no room: EIO (a short write), ENOSPC and MDB_MAP_FULL. */
const DISK_FULL_CODES: readonly unknown[] = [5, 28, -30792];

/**
 * Runs `work` synchronously in a write transaction of the environment that `table` is in.
 * @throws What made the commit fail: the library rejects with a stand-in, and the reason comes as the rejection of a promise inside it.
 */
export async function commit(table: Table, work: () => void): Promise<void> {
  try {
    await table.transaction(work);
  } catch (error) {
    const isStandIn = error instanceof Error && "commitError" in error;
    throw isStandIn ? await reasonOf(error.commitError) : error;
  }
}

async function reasonOf(commitError: unknown): Promise<unknown> {
  try {
    return await commitError;
  } catch (reason) {
    return reason;
  }
}

/** Whether a commit failed because there was no room for it. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && DISK_FULL_CODES.includes(error.code);
}
