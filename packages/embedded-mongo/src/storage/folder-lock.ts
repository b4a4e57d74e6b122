import { pid as ownPid } from "node:process";
import type { Table } from "./table.js";
import { StoreError } from "./store-error.js";

const OWNER_KEY = Buffer.from("owner");

/**
 * Claims the data folder for this process.
 *
 * The store remembers the id of the process that serves it, and LMDB knows which processes live: each one that has
 * read holds a slot in its table of readers, backed by a lock that the kernel takes back when the process dies,
 * however it dies. The check runs in a write transaction, which LMDB grants to one process at a time, so of two that
 * start together one wins. Processes that cannot see each other's ids (containers, each with its own namespace of
 * process ids) are not told apart.
 *
 * @throws StoreError when another living process has claimed it.
 */
export function claimFolder(meta: Table, folder: string): void {
  // The first read takes the slot, before the claim, so that whoever sees the claim sees the slot as well.
  meta.doesExist(OWNER_KEY);
  const owner = meta.transactionSync(() => {
    meta.readerCheck();
    const serving = servingProcess(meta);
    if (serving !== undefined) return serving;
    meta.putSync(OWNER_KEY, Buffer.from(String(ownPid)));
    return undefined;
  });
  if (owner !== undefined)
    throw new StoreError(`Another server (process ${owner}) is already serving ${folder}`);
}

/** The id of the living process, other than this one, that has claimed the folder; `undefined` when there is none. */
export function servingProcess(meta: Table): number | undefined {
  const claimed = Number(meta.getBinary(OWNER_KEY)?.toString() ?? ownPid);
  return claimed !== ownPid && readerPids(meta).has(claimed) ? claimed : undefined;
}

/** The processes in LMDB's table of readers, from lines of the form `<process> <thread> <transaction>`. */
function readerPids(meta: Table): Set<number> {
  const lines = meta.readerList().split("\n");
  return new Set(lines.flatMap((line) => /^\s*(\d+)\s/.exec(line)?.[1] ?? []).map(Number));
}
