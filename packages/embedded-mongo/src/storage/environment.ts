import { open } from "lmdb";
import { commit } from "./commit.js";
import { diskRoomBytes, prepareFolder } from "./data-folder.js";
import { checkDataFile, damaged } from "./file-check.js";
import { claimFolder } from "./folder-lock.js";
import { checkFormatForWriting, writeFormat } from "./format.js";
import { StoreError } from "./store-error.js";
import { MAX_TABLES, TABLE, type Table } from "./table.js";

/** The open LMDB environment of a data folder. */
export interface Environment {
  readonly meta: Table;
  readonly documents: Table;
  readonly indexes: Table;
  /** Runs `work` synchronously in a write transaction; resolves when its pages are on the disk. */
  transaction(work: () => void): Promise<void>;
  /** Bytes that can still be written: free on the disk, and free inside the data file. */
  roomBytes(): number;
  sizeOnDiskBytes(): number;
  close(): Promise<void>;
}

interface TreeStats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface EnvironmentStats extends TreeStats {
  readonly lastPageNumber: number;
  readonly root: TreeStats;
  readonly free: TreeStats;
}

/**
 * Opens or creates the store in `folder` and claims it for this process.
 * @throws StoreError when another process serves the folder, it cannot be used, or the store is damaged or of a newer
 * format.
 */
export function openEnvironment(folder: string): Environment {
  prepareFolder(folder);
  const { root, tables } = openTables(folder);
  const { meta, documents, indexes } = tables;
  const usage = (): EnvironmentStats => root.getStats() as EnvironmentStats;
  return {
    meta,
    documents,
    indexes,
    transaction: (work) => commit(meta, work),
    roomBytes: () => diskRoomBytes(folder) + freePages(usage(), [meta, documents, indexes]),
    sizeOnDiskBytes: () => usage().lastPageNumber * usage().pageSize,
    close: () => root.close(),
  };
}

function openTables(folder: string) {
  checkDataFile(folder);
  try {
    const root = open<Buffer, Buffer>({
      ...TABLE,
      path: folder,
      // Else the library takes a folder with a dot in its name for a file.
      noSubdir: false,
      maxDbs: MAX_TABLES,
      noMemInit: true,
      // A transaction's promise must mean that it was synced; and batches are made here, not by the library,
      // whose own batching leaves a rejected promise to nobody when the disk is full.
      overlappingSync: false,
      eventTurnBatching: false,
    });
    const table = (name: string): Table => root.openDB<Buffer, Buffer>({ ...TABLE, name });
    const [meta, documents, indexes] = [table("meta"), table("documents"), table("indexes")];
    checkFormatForWriting(meta, folder);
    claimFolder(meta, folder);
    writeFormat(meta);
    return { root, tables: { meta, documents, indexes } };
  } catch (error) {
    throw error instanceof StoreError ? error : damaged(folder, error);
  }
}

/** Bytes of the pages inside the data file that no tree uses. */
function freePages(stats: EnvironmentStats, tables: readonly Table[]): number {
  const trees = [stats.root, stats.free, ...tables.map((table) => table.getStats() as TreeStats)];
  let used = 2;
  for (const tree of trees)
    used += tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
  return Math.max(0, stats.lastPageNumber + 1 - used) * stats.pageSize;
}
