import type { Chosen } from "./chosen.js";

/** Files below this many bytes go in one request: they are sent again if it breaks. */
const SMALL_BYTES = 1024 ** 2;

export type State = "waiting" | "sending" | "paused" | "failed" | "done";

/** What becomes of a name that is taken. */
export type Choice = "version" | "rename";

interface Terms {
  /** {@link keyOf}, if it can be continued later. */
  readonly key: string | undefined;
  /** Finds the folder that the file goes into, and makes it if need be. @throws Problem */
  readonly folderId: () => Promise<string>;
  readonly onConflict: Choice;
}

/** One file of the queue. Only the queue changes it. */
export class Upload {
  readonly file: File;
  readonly path: readonly string[];
  readonly terms: Terms;
  /** Of its first and every further request: nothing is stored twice. */
  readonly idempotencyKey = crypto.randomUUID();
  state: State = "waiting";
  /** How many bytes are on their way or have arrived. */
  sentBytes = 0;
  /** What refused it, if it has failed. */
  fault: unknown;
  /** What it waits for at the moment. */
  obstacle: "network" | "server" | undefined;
  /** Of the resumable upload, at the server. */
  remotePath: string | null = null;
  controller = new AbortController();
  /** What works on it. Nothing else begins before this is over. */
  work: Promise<unknown> = Promise.resolve();

  constructor({ file, path }: Chosen, terms: Terms) {
    this.file = file;
    this.path = path;
    this.terms = terms;
  }

  /** Its name, after the folders that it lies in. */
  get title(): string {
    return [...this.path, this.file.name].join("/");
  }
}

/** Whether a file is sent in one request. */
export const isSmall = ({ size }: File): boolean => size < SMALL_BYTES;
