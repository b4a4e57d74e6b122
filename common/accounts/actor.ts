import type { Id } from "../platform/ids.js";

/** Who a request or a job acts for. Every query on the request path carries `accountId` as the owner. */
export interface Actor {
  readonly accountId: Id;
  readonly username: string;
  /** The folder that holds the account's files. */
  readonly rootFolderId: Id;
  /** What the account may store, in bytes; `null` is unlimited. */
  readonly limitBytes: number | null;
}
