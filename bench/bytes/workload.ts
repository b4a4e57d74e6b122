/** What a contender has to do in one row. */
export interface Workload {
  readonly action: "upload" | "upload-tus" | "download" | "read-range" | "get-account";
  /** How many requests in all, shared evenly among the clients. */
  readonly count: number;
  /** Of each file or range, in bytes; 0 where none is transferred. */
  readonly sizeBytes: number;
  /** How many clients are at work at once; each sends one request after the other. */
  readonly clients: number;
}

export interface Outcome {
  readonly seconds: number;
  /** Of each request, in milliseconds. */
  readonly latenciesMs: readonly number[];
}

export interface StoredFile {
  readonly id: string;
  readonly sizeBytes: number;
}

/** Sends one request after the other. */
export interface Client {
  upload(sizeBytes: number): Promise<StoredFile>;
  uploadTus(sizeBytes: number): Promise<StoredFile>;
  download(file: StoredFile): Promise<void>;
  /** Both ends are inclusive. */
  readRange(file: StoredFile, first: number, last: number): Promise<void>;
  getAccount(): Promise<void>;
  close(): void;
}

/** What only Stowage has. */
export function unsupported(): never {
  throw new TypeError("This contender speaks no tus and has no accounts");
}

/** Several clients, and the files that each of them uploaded last. */
export class Clients {
  readonly #clients: readonly { readonly client: Client; files: StoredFile[] }[];

  constructor(clients: readonly Client[]) {
    this.#clients = clients.map((client) => ({ client, files: [] }));
  }

  /** Downloads and ranges read what the same client uploaded in the last uploading workload. */
  async run(workload: Workload): Promise<Outcome> {
    const latenciesMs: number[] = [];
    const perClient = Math.ceil(workload.count / workload.clients);
    if (workload.action.startsWith("upload")) for (const each of this.#clients) each.files = [];
    const startedAt = performance.now();
    await Promise.all(
      this.#clients.slice(0, workload.clients).map(async ({ client, files }) => {
        for (let n = 0; n < perClient; n += 1) {
          const sentAt = performance.now();
          await send(workload, client, { files, n });
          latenciesMs.push(performance.now() - sentAt);
        }
      }),
    );
    return { seconds: (performance.now() - startedAt) / 1000, latenciesMs };
  }

  close(): void {
    for (const { client } of this.#clients) client.close();
  }
}

async function send(
  { action, sizeBytes }: Workload,
  client: Client,
  { files, n }: { files: StoredFile[]; n: number },
): Promise<void> {
  if (action === "get-account") return client.getAccount();
  if (action === "upload") return void files.push(await client.upload(sizeBytes));
  if (action === "upload-tus") return void files.push(await client.uploadTus(sizeBytes));
  const file = files[n % files.length];
  if (file === undefined) throw new RangeError("Nothing was uploaded before");
  if (action === "download") return client.download(file);
  const first = Math.floor(Math.random() * (file.sizeBytes - sizeBytes));
  return client.readRange(file, first, first + sizeBytes - 1);
}
