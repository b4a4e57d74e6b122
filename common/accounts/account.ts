import type { Long } from "mongodb";
import type { Id } from "../platform/ids.js";

/** Bytes that an upload may still store. `uploadId` names its entry in the ledger. */
export interface ReservationEntry {
  uploadId: Id;
  bytes: Long;
}

/** Says that something removed was taken out of the usage already; kept until no job of its removal can still run. */
export interface ReleaseMark {
  /** The blob's id in hexadecimal, or the file's id. */
  id: string;
  at: Date;
}

/** A document of `accounts`. */
export interface AccountDoc {
  _id: Id;
  username: string;
  /** The username folded to lower case: it decides uniqueness. */
  usernameKey: string;
  passwordHash: string;
  createdAt: Date;
  /** Sessions that began before this instant are over. */
  sessionsValidFrom: Date;
  rootFolderId: Id;
  /** `null` is unlimited. */
  limits: { bytes: Long | null };
  usage: { bytes: Long; files: Long };
  /** What the limit is held against: `usage.bytes` and all reservations together. */
  allocatedBytes: Long;
  reservations: ReservationEntry[];
  releases: ReleaseMark[];
  /** Raised by every change of usage or reservations: what the reconcile job compares and sets. */
  revision: Long;
}
