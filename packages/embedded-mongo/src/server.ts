import type { Socket } from "node:net";
import { pid } from "node:process";
import type { ServerContext } from "./commands/command.js";
import { dispatch } from "./commands/dispatch.js";
import { commandsByName } from "./commands/registry.js";
import { MAX_MEMORY_BYTES } from "./commands/limits.js";
import { CursorRegistry } from "./cursors/cursor-registry.js";
import { MemoryBudget } from "./memory-budget.js";
import { type Listen, listen, type Listening } from "./listener.js";
import { removeSocketFolder } from "./socket-path.js";
import { Store } from "./storage/store.js";
import { TtlMonitor } from "./ttl-monitor.js";
import { BufferPool } from "./wire/buffer-pool.js";
import { Connection } from "./wire/connection.js";
import { Intake } from "./wire/intake.js";

export interface ServerOptions {
  /** The data folder; created when it is missing. */
  readonly folder: string;
  readonly listen: Listen;
  /** Kept free on the disk for deletes, in bytes; default 64 MiB. */
  readonly reserveBytes?: number | undefined;
  /** How often expired documents are removed; default 60 s. */
  readonly ttlIntervalMs?: number | undefined;
  /** An open cursor that is not used for so long is closed; default 10 minutes. */
  readonly cursorIdleMs?: number | undefined;
  /** A client that stops in the middle of a message or a reply is cut off after this; default 60 s. */
  readonly stallTimeoutMs?: number | undefined;
  /** One line per event that an operator may want to know. */
  readonly log: (line: string) => void;
  /** The store cannot be written any more: the process should end. */
  readonly onFatal: (error: Error) => void;
}

const DEFAULT_TTL_INTERVAL_MS = 60_000;
const DEFAULT_STALL_TIMEOUT_MS = 60_000;
/** What unfinished messages may hold; the one that began first may pass it. */
const INTAKE_BYTES = 96 * 1024 * 1024;
const IDLE_CHECK_MS = 10_000;
/** Idle message buffers that are kept for the next messages. */
const POOL_BYTES = 48 * 1024 * 1024;
/** How long running commands may take to end when the server stops. */
const STOP_MS = 3000;

/** A running server. */
export class MongoServer {
  readonly #options: ServerOptions;
  readonly #context: ServerContext;
  readonly #connections = new Set<Connection>();
  readonly #commands = commandsByName();
  readonly #intake = new Intake(INTAKE_BYTES);
  readonly #ttl: TtlMonitor;
  readonly #idleCheck: NodeJS.Timeout;
  #listening: Listening | undefined;
  #createdConnections = 0;

  private constructor(options: ServerOptions, store: Store) {
    const now = () => new Date();
    this.#options = options;
    const cursors = new CursorRegistry({ idleMs: options.cursorIdleMs, now: Date.now });
    this.#context = {
      store,
      cursors,
      pool: new BufferPool(POOL_BYTES),
      memory: new MemoryBudget(MAX_MEMORY_BYTES, () => cursors.closeIdlest()),
      now,
      status: {
        startedAt: now(),
        processId: pid,
        address: () => this.#listening?.address ?? "",
        connections: () => ({
          current: this.#connections.size,
          totalCreated: this.#createdConnections,
        }),
        commandCounts: new Map(),
      },
    };
    this.#ttl = new TtlMonitor({
      store,
      intervalMs: options.ttlIntervalMs ?? DEFAULT_TTL_INTERVAL_MS,
      now,
      onError: (error) => {
        options.log(`Expired documents could not be removed: ${describe(error)}`);
      },
    });
    this.#idleCheck = setInterval(() => {
      cursors.closeIdle();
    }, IDLE_CHECK_MS);
    this.#idleCheck.unref();
  }

  /**
   * Opens the store and listens.
   * @throws StoreError with a sentence for the operator; the error of `listen` when a port is taken.
   */
  static async start(options: ServerOptions): Promise<MongoServer> {
    const { folder, log, onFatal } = options;
    const onError = (error: Error) => {
      log(describe(error));
    };
    const store = await Store.open({ ...options, onError, onFatal });
    const server = new MongoServer(options, store);
    try {
      server.#listening = await listen(options.listen, folder, (socket) => {
        server.#serve(socket);
      });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** For `new MongoClient(url)`. */
  get url(): string {
    return this.#listening?.url ?? "";
  }

  /** Takes no more clients, lets running commands end for some seconds, and closes the store. */
  async stop(): Promise<void> {
    const { server } = this.#listening ?? {};
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
    clearInterval(this.#idleCheck);
    for (const connection of this.#connections) connection.closeWhenIdle();
    const force = setTimeout(() => {
      for (const connection of this.#connections) connection.close(new Error("The server stops"));
    }, STOP_MS);
    await Promise.all([closed, this.#ttl.stop()]);
    clearTimeout(force);
    if (this.#listening !== undefined) removeSocketFolder(this.#listening.address);
    this.#context.cursors.closeAll();
    await this.#context.store.close();
  }

  #serve(socket: Socket): void {
    const connectionId = ++this.#createdConnections;
    const { log, stallTimeoutMs = DEFAULT_STALL_TIMEOUT_MS } = this.#options;
    const onFault = (error: unknown, command: string) => {
      log(`Command ${command} failed: ${describe(error)}`);
    };
    const dispatching = { server: this.#context, commands: this.#commands, onFault };
    const connection: Connection = new Connection(socket, {
      pool: this.#context.pool,
      intake: this.#intake,
      stallTimeoutMs,
      execute: (message) => dispatch(dispatching, { connectionId, gone: connection.gone }, message),
      onClose: (reason) => {
        this.#connections.delete(connection);
        if (reason !== undefined) log(`Connection ${connectionId} ended: ${reason.message}`);
      },
    });
    this.#connections.add(connection);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${describe(error.cause)})`;
  return `${error.stack ?? error.message}${cause}`;
}
