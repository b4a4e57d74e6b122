import type { MongoClient, ServerHeartbeatSucceededEvent } from "mongodb";
import type { Logger } from "./log.js";

/** A process whose clock differs less from the database's has the right time, as far as a message can tell. */
const TOLERANCE_MS = 1000;

/** A message that was read late makes the database seem to be behind. So the best of the last ones counts. */
const SAMPLES = 3;

interface Options {
  /** The clock of this process. */
  readonly own: () => Date;
  /** Told when the clock of this process is off, and when it is right again. */
  readonly log?: Logger | undefined;
}

/**
 * The time of the database, which all processes share: leases and expiries of one process are compared by others. The driver asks each
 * server for its time (`hello`) before the first command, and every 10 s. Between that, a clock that nobody can set goes on.
 */
export class DatabaseClock {
  readonly #options: Options;
  /** The database's time minus the monotonic clock's, newest last, in milliseconds. */
  #samples: number[] = [];
  #address = "";
  #isOff = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Learns the time from what the client's servers say. */
  watch(client: MongoClient): void {
    client.on("serverHeartbeatSucceeded", (event) => {
      this.#learn(event);
    });
  }

  /** The time of the process where that is right to a second, or where the database has not said its own yet. */
  readonly now = (): Date => {
    const own = this.#options.own();
    const offMs = this.#offMs(own);
    return Math.abs(offMs) < TOLERANCE_MS ? own : new Date(own.getTime() - offMs);
  };

  #learn({ connectionId: address, duration, awaited, reply }: ServerHeartbeatSucceededEvent): void {
    const { localTime, isWritablePrimary, ismaster } = reply;
    const isPrimary = isWritablePrimary === true || ismaster === true;
    if (!isPrimary || !(localTime instanceof Date)) return;
    // The server sends an awaited answer when it likes; any other one is as old as half of its round trip.
    const ageMs = awaited ? 0 : duration / 2;
    const others = address === this.#address ? this.#samples : [];
    this.#address = address;
    this.#samples = [...others, localTime.getTime() + ageMs - performance.now()].slice(-SAMPLES);
    this.#report();
  }

  /** How far the process is ahead of the database; 0 while that is not known. */
  #offMs(own: Date): number {
    if (this.#samples.length === 0) return 0;
    return own.getTime() - (performance.now() + Math.max(...this.#samples));
  }

  #report(): void {
    const { own, log } = this.#options;
    const offMs = Math.round(this.#offMs(own()));
    const isOff = Math.abs(offMs) >= TOLERANCE_MS;
    if (isOff && !this.#isOff) {
      log?.warn({ offMs }, "The clock of this process is not the database's, whose time counts");
    }
    if (!isOff && this.#isOff) log?.info("The clock of this process is right again");
    this.#isOff = isOff;
  }
}
