import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../common/platform/ids.js";
import { type Content, digestOf, makeContent } from "../support/content.js";
import { type Reply, StreamingClient } from "../support/streaming-client.js";
import { cutAfter, formOf } from "./request-body.js";

/** What may be found under a name: a digest, or `absent`. More than one where nobody was told what became of a request. */
type Outcomes = ReadonlySet<string>;

const ABSENT = "absent";

/** How often the server said what. A broken connection counts as `0`. */
export type Counts = Map<number, number>;

/** Between two files: without it the load alone keeps all cores busy, and what was killed takes longer to start again. */
const LONGEST_PAUSE_MS = 150;

/** Starts two people at once: one with large files, the other with many small ones, whose writes share commands. */
export async function startLoads(url: string): Promise<readonly Load[]> {
  const [large, small] = [await StreamingClient.register(url), await StreamingClient.register(url)];
  return [new Load(large).start(6), new Load(small, { maxBytes: 8000 }).start(24)];
}

/**
 * Somebody who stores, replaces and deletes files, several at a time, and writes down what the server promised.
 * Whatever happens to the server, {@link faults} says afterwards which promises it broke.
 */
export class Load {
  readonly counts: Counts = new Map();
  readonly #client: StreamingClient;
  readonly #maxBytes: number;
  readonly #promised = new Map<string, Outcomes>();
  #loops: Promise<void>[] = [];
  #isOver = false;

  constructor(client: StreamingClient, { maxBytes = 1_500_000 }: { maxBytes?: number } = {}) {
    this.#client = client;
    this.#maxBytes = maxBytes;
  }

  /** How many requests were answered with success. */
  get acknowledged(): number {
    return [...this.counts].reduce(
      (sum, [status, count]) => sum + (status >= 200 && status < 300 ? count : 0),
      0,
    );
  }

  start(parallel = 6): this {
    this.#loops = Array.from({ length: parallel }, () => this.#loop());
    return this;
  }

  /** Resolves when the last request is answered or broken. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Downloads everything. @returns What is lost, altered, or visible without a promise: one line each. */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    const found = new Map((await this.#client.list()).map((file) => [file.name, file]));
    for (const [name, outcomes] of this.#promised) {
      const file = found.get(name);
      const outcome = file === undefined ? ABSENT : (await this.#client.download(file.id)).sha256;
      if (!outcomes.has(outcome)) faults.push(`${name}: ${outcome}, not ${[...outcomes].join()}`);
      if (file !== undefined && file.sha256 !== outcome) faults.push(`${name} lies about itself`);
      found.delete(name);
    }
    return [...faults, ...[...found.keys()].map((name) => `nobody stored ${name}`)];
  }

  async #loop(): Promise<void> {
    while (!this.#isOver) {
      await this.#oneFile(newId());
      await sleep(randomInt(LONGEST_PAUSE_MS));
    }
  }

  /** Stores a file and perhaps replaces and deletes it; ends with the first request whose end nobody knows. */
  async #oneFile(name: string): Promise<void> {
    if (randomInt(8) === 0) return this.#cutUpload(name);
    if (randomInt(4) === 0) return this.#storeForm([name, newId(), newId()]);
    let id = await this.#store(name);
    if (id !== undefined && randomInt(3) === 0) id = await this.#store(name);
    if (id !== undefined && randomInt(3) === 0) await this.#remove(name, id);
  }

  /** @returns The file's id, if it was acknowledged. */
  async #store(name: string): Promise<string | undefined> {
    const content = this.#content();
    const length = randomInt(2) === 0 ? content.sizeBytes : undefined;
    const sent = this.#client.put(name, content.bytes(), length);
    const reply = await this.#outcome([name], [digestOf(content)], sent);
    return reply?.json.id;
  }

  async #storeForm(names: string[]): Promise<void> {
    const files = names.map((name) => ({ name, content: this.#content() }));
    const form = formOf(files);
    const sent = this.#client.ask({ method: "POST", path: "/api/v1/upload", ...form });
    await this.#outcome(
      names,
      files.map(({ content }) => digestOf(content)),
      sent,
    );
  }

  async #remove(name: string, id: string): Promise<void> {
    const sent = this.#client.ask({ method: "DELETE", path: `/api/v1/files/${id}` });
    await this.#outcome([name], [ABSENT], sent);
  }

  /** Announces more than it sends: never stored, whatever happens. */
  async #cutUpload(name: string): Promise<void> {
    this.#promised.set(name, new Set([ABSENT]));
    const content = makeContent(1 + randomInt(this.#maxBytes));
    const body = cutAfter(content.bytes(), randomInt(content.sizeBytes));
    const reply = await this.#client.put(name, body, content.sizeBytes).catch(() => undefined);
    this.#count(reply?.status ?? 0);
  }

  /** Notes what one request makes of some names. @returns The reply of a success. */
  async #outcome(
    names: string[],
    results: string[],
    sent: Promise<Reply>,
  ): Promise<Reply | undefined> {
    const before = names.map((name) => this.#promised.get(name) ?? new Set([ABSENT]));
    // A test may end the server and look before the client has heard of it.
    names.forEach((name, at) => {
      this.#promised.set(name, new Set([...(before[at] ?? []), results[at] ?? ABSENT]));
    });
    const reply = await sent.catch(() => undefined);
    this.#count(reply?.status ?? 0);
    const isDone = reply !== undefined && reply.status < 300 && reply.status !== 207;
    const isRefused = reply !== undefined && reply.status >= 400 && reply.status < 500;
    names.forEach((name, at) => {
      if (isDone) this.#promised.set(name, new Set([results[at] ?? ABSENT]));
      if (isRefused) this.#promised.set(name, before[at] ?? new Set([ABSENT]));
    });
    return isDone ? reply : undefined;
  }

  #content(): Content {
    return makeContent(randomInt(20) === 0 ? 0 : randomInt(this.#maxBytes));
  }

  #count(status: number): void {
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
  }
}
