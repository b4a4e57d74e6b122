import { BusyError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Announcements } from "./announcements.js";
import type { Changes } from "./changes.js";
import { TooManyEventStreamsError } from "./errors.js";
import { EventStream, type StreamTimes } from "./stream.js";

/** The most streams of an account in a process. */
export const MOST_STREAMS = 20;

/** After it a client that finds the process full asks again, in seconds. */
const RETRY_AFTER_SECONDS = 10;

interface Deps {
  readonly changes: Pick<Changes, "now" | "read" | "readLog" | "lastSeq">;
  readonly announcements: Pick<Announcements, "listen">;
  /** `MAX_EVENT_STREAMS` */
  readonly maxEventStreams: number;
  /** `EVENT_STREAM_SECONDS`, in milliseconds. */
  readonly eventStreamMs: number;
  /** `DOWNLOAD_IDLE_TIMEOUT_SECONDS`, in milliseconds. */
  readonly downloadIdleTimeoutMs: number;
  /** How often something is asked, where that is not the usual. */
  readonly times?: Partial<StreamTimes>;
}

/** Who reads, and from where on. */
interface StreamRequest {
  readonly ownerId: Id;
  /** The number of the last event that the client knows. Default: the newest one. */
  readonly since?: number | undefined;
  /** Throws when the client may not read any more. Asked every few seconds. */
  readonly requireAllowed: () => Promise<unknown>;
}

/** The clients of this process that are told of events as they happen. */
export class EventStreams {
  readonly #deps: Deps;
  readonly #open = new Map<Id, Set<EventStream>>();
  #count = 0;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Opens a stream. The caller ends it.
   *
   * @throws ChangesExpiredError as `Changes` does.
   * @throws TooManyEventStreamsError when the account has {@link MOST_STREAMS} in this process.
   * @throws BusyError when the process has as many as it may have, or is about to stop.
   */
  async open({ ownerId, since, requireAllowed }: StreamRequest): Promise<EventStream> {
    this.#refuseMore(ownerId);
    const { changes, announcements, eventStreamMs, downloadIdleTimeoutMs, times } = this.#deps;
    const stream = new EventStream({
      ...{ ownerId, changes, announcements, requireAllowed },
      onEnd: () => {
        this.#forget(stream, ownerId);
      },
      times: {
        // A connection on which nothing moves for that time is cut.
        keepAliveMs: Math.min(KEEP_ALIVE_MS, downloadIdleTimeoutMs / 2),
        checkMs: CHECK_MS,
        pollMs: POLL_MS,
        lifetimeMs: eventStreamMs,
        ...times,
      },
    });
    // Before it waits for anything: so requests at the same time do not pass the limit together.
    this.#open.set(ownerId, (this.#open.get(ownerId) ?? new Set()).add(stream));
    this.#count += 1;
    try {
      await stream.begin(since);
      return stream;
    } catch (error) {
      stream.end();
      throw error;
    }
  }

  /** Ends all streams, and opens none any more. Their clients connect again, to another process. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of [...this.#open.values()].flatMap((all) => [...all])) stream.end();
    return Promise.resolve();
  }

  #refuseMore(ownerId: Id): void {
    if (this.#isClosed || this.#count >= this.#deps.maxEventStreams) {
      throw new BusyError("The server has as many streams of events as it may have", {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const own = this.#open.get(ownerId)?.size ?? 0;
    if (own >= MOST_STREAMS) throw new TooManyEventStreamsError(MOST_STREAMS);
  }

  #forget(stream: EventStream, ownerId: Id): void {
    const own = this.#open.get(ownerId);
    if (own?.delete(stream) !== true) return;
    this.#count -= 1;
    if (own.size === 0) this.#open.delete(ownerId);
  }
}

/** Proxies cut connections on which nothing moves, after a minute or less. */
const KEEP_ALIVE_MS = 20_000;

/** A credential that was revoked ends a stream within this time. */
const CHECK_MS = 2000;

/** What no announcement tells of arrives within this time. */
const POLL_MS = 5000;
