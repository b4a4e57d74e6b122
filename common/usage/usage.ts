import type { Id } from "../platform/ids.js";

/** Files, and the bytes of the versions that they show. */
export interface FileSums {
  files: number;
  bytes: number;
}

/** What an account stores, by kind. Together it is what settled usage counts. */
export interface UsageSums {
  /** What can be reached. */
  live: FileSums & { folders: number };
  /** The versions that these files have shown before. */
  versions: { count: number; bytes: number };
  /** What was deleted, with all its versions and all that is below: it lies in the trash (`items`), or is being removed. */
  trash: FileSums & { items: number };
  /** What of `live` has a type of a group; see `groupOf`. */
  types: Record<string, FileSums>;
}

/** How far a measurement has come. */
export interface UsageProgress {
  readonly phase: "folders" | "versions" | "over";
  /** Behind which id it goes on: of a folder, or of the upload of a version. Empty at the beginning. */
  readonly after: Id;
  readonly sums: UsageSums;
}

/** What was measured, and as of when. */
export interface Measurement {
  readonly sums: UsageSums;
  /** When it began. */
  readonly at: Date;
  /** The `revision` of the account at that time: it is raised by each change of what is stored. */
  readonly revision: string;
}

/** A document of `usages`: the last measurement of an account, and the next one. */
export interface UsageDoc {
  /** The account's. */
  _id: Id;
  measured: Measurement | null;
  /** A measurement that is under way. */
  running: (Pick<Measurement, "at" | "revision"> & { readonly progress: UsageProgress }) | null;
  /** Set while somebody waits for the next measurement. */
  requestedAt?: Date;
}

/** A measurement begins with this. */
export function nothingMeasured(): UsageProgress {
  const sums = {
    live: { files: 0, bytes: 0, folders: 0 },
    versions: { count: 0, bytes: 0 },
    trash: { files: 0, bytes: 0, items: 0 },
    types: {},
  };
  return { phase: "folders", after: "", sums };
}
