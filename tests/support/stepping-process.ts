import { once } from "node:events";
import { type Db, MongoClient } from "mongodb";
import { withDatabase } from "./databases.js";
import { commandNameOf, TcpProxy } from "./tcp-proxy.js";
import type { World } from "./world.js";

/** What drivers send on their own; `undefined` is the first message of a connection. */
const NOT_STEPS: readonly (string | undefined)[] = [undefined, "hello", "endSessions"];

/**
 * A process that a test stops between any two commands to MongoDB. All its commands share one connection, so that they come one after
 * the other. It runs one piece of work at a time.
 */
export class SteppingProcess {
  readonly #proxy: TcpProxy;
  readonly #client: MongoClient;
  readonly #stopped = new EventTarget();
  readonly db: Db;
  #allowedCommands = 0;
  #isStopped = false;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(proxy: TcpProxy, databaseName: string) {
    this.#proxy = proxy;
    this.#client = new MongoClient(withDatabase(proxy.url, databaseName), {
      maxPoolSize: 1,
      directConnection: true,
    });
    this.db = this.#client.db();
    proxy.judge = (bytes) => (NOT_STEPS.includes(commandNameOf(bytes)) ? "pass" : this.#judge());
  }

  /** @returns A process with its own connection to the world's database. Ends with `close`. */
  static async start({ config, mongo }: World): Promise<SteppingProcess> {
    const proxy = await TcpProxy.start(config.mongodbUrl);
    return new SteppingProcess(proxy, mongo.db.databaseName);
  }

  /** Begins a piece of work, which stops before its first command. */
  begin(work: () => Promise<unknown>): void {
    this.#allowedCommands = 0;
    this.#work = work();
  }

  /** Lets so many commands be answered; resolves when the next one waits, or the work is done. */
  async step(commands: number): Promise<void> {
    await this.#untilStopped();
    if (commands === 0 || !this.#isStopped) return;
    this.#goOn(commands);
    await this.#untilStopped();
  }

  /** Lets the rest of the work be done, and resolves to what came of it. */
  async finish(): Promise<PromiseSettledResult<unknown>> {
    await this.step(Number.MAX_SAFE_INTEGER);
    const [result] = await Promise.allSettled([this.#work]);
    return result;
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#proxy.close();
  }

  #judge() {
    if (this.#allowedCommands > 0) {
      this.#allowedCommands -= 1;
      return "pass";
    }
    this.#isStopped = true;
    this.#stopped.dispatchEvent(new Event("stopped"));
    return "delay";
  }

  #goOn(commands: number): void {
    this.#allowedCommands = commands - 1;
    this.#isStopped = false;
    this.#proxy.release();
  }

  async #untilStopped(): Promise<void> {
    if (this.#isStopped) return;
    const ended = new AbortController();
    const { signal } = ended;
    const stopped = once(this.#stopped, "stopped", { signal }).catch(() => undefined);
    await Promise.race([stopped, Promise.allSettled([this.#work])]);
    ended.abort();
  }
}
