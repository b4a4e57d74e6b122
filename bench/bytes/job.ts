/** What is done to a contender in one go. */
export interface Job {
  readonly action: "upload" | "upload-tus" | "download" | "read-range";
  /** How many files or ranges in all, shared evenly among the lanes. */
  readonly count: number;
  /** Of each file or range. */
  readonly sizeBytes: number;
  /** How many are under way at once. */
  readonly lanes: number;
}

export interface Outcome {
  readonly seconds: number;
  /** Of each file or range, in milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** A file that a lane has stored. */
export interface StoredFile {
  readonly id: string;
  readonly sizeBytes: number;
}

/** Somebody who does one thing after the other. Files belong to the lane that stored them. */
export interface Lane {
  upload(sizeBytes: number): Promise<StoredFile>;
  /** Where there is such a way in. */
  uploadTus?(sizeBytes: number): Promise<StoredFile>;
  download(file: StoredFile): Promise<void>;
  readRange(file: StoredFile, first: number, last: number): Promise<void>;
  close(): void;
}

/** A few lanes, and what they have stored. */
export class Lanes {
  readonly #lanes: readonly Lane[];
  #files: StoredFile[][];

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
    this.#files = lanes.map(() => []);
  }

  /** Uploads forget what was uploaded before; downloads and ranges are of what was uploaded last. */
  async run(job: Job): Promise<Outcome> {
    const latenciesMs: number[] = [];
    const perLane = Math.ceil(job.count / job.lanes);
    const isUpload = job.action.startsWith("upload");
    if (isUpload) this.#files = this.#lanes.map(() => []);
    const startedAt = performance.now();
    await Promise.all(
      this.#lanes.slice(0, job.lanes).map(async (_lane, index) => {
        for (let n = 0; n < perLane; n += 1) {
          const beganAt = performance.now();
          await this.#step(job, index, n);
          latenciesMs.push(performance.now() - beganAt);
        }
      }),
    );
    return { seconds: (performance.now() - startedAt) / 1000, latenciesMs };
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  async #step({ action, sizeBytes }: Job, index: number, n: number): Promise<void> {
    const lane = this.#lanes[index];
    const files = this.#files[index];
    if (lane === undefined || files === undefined) throw new RangeError("There is no such lane");
    if (action === "upload") {
      files.push(await lane.upload(sizeBytes));
      return;
    }
    if (action === "upload-tus") {
      if (lane.uploadTus === undefined) throw new TypeError("This one does not speak tus");
      files.push(await lane.uploadTus(sizeBytes));
      return;
    }
    const file = files[n % files.length];
    if (file === undefined) throw new RangeError("Nothing was uploaded before");
    if (action === "download") return lane.download(file);
    const first = Math.floor(Math.random() * (file.sizeBytes - sizeBytes));
    return lane.readRange(file, first, first + sizeBytes - 1);
  }
}
