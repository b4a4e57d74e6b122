import type { Database } from "lmdb";

/** One of the LMDB databases of a store, see layout.ts. */
export type Table = Database<Buffer, Buffer>;

/** How each of them is opened. */
export const TABLE = { encoding: "binary", keyEncoding: "binary" } as const;
export const MAX_TABLES = 8;
