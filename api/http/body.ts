import type { IncomingMessage, ServerResponse } from "node:http";
import { IncompleteBodyError, RequestTimeoutError } from "./errors.js";

/** How slow a client may be. Only time in which the server waits for the client counts, not time in which it is busy. */
export interface BodyPace {
  /** The longest silence, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** The slowest average over any `idleTimeoutMs` of waiting, in bytes per second; 0 for no limit. */
  readonly minBytesPerSecond: number;
}

interface BodyOptions extends BodyPace {
  /** Ends the body early, by throwing its reason. */
  readonly signal?: AbortSignal;
}

/** The length that a request announces for its body, in bytes: 0 without a body, `undefined` for a chunked one. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  return Number(headers["content-length"] ?? 0);
}

/** Whether bytes of the request's body are still to come from the client. */
export function isBodyPending(req: IncomingMessage): boolean {
  return !req.complete && declaredLength(req) !== 0;
}

/**
 * Tells a client that waits for it (`Expect: 100-continue`) to send its body. Call it when the body is wanted: a client that is
 * refused before then never sends it (RFC 9110 §10.1.1).
 */
export function sendContinue(req: IncomingMessage, res: ServerResponse): void {
  if (expectsContinue(req) && !res.headersSent) res.writeContinue();
}

/** Whether the client sends its body only when it is told to. */
export function expectsContinue(req: IncomingMessage): boolean {
  const isExpected = expectationsOf(req).length > 0 && !hasUnknownExpectation(req);
  return isExpected && isBodyPending(req);
}

/** Whether the client expects anything but `100-continue`. */
export function hasUnknownExpectation(req: IncomingMessage): boolean {
  return expectationsOf(req).some((expectation) => expectation !== "100-continue");
}

/** The members of `Expect`, in lower case. HTTP/1.0 does not have the field (RFC 9110 §10.1.1). */
function expectationsOf({ headers, httpVersion }: IncomingMessage): string[] {
  if (headers.expect === undefined || httpVersion === "1.0") return [];
  const members = headers.expect.toLowerCase().split(",");
  return members.map((member) => member.trim()).filter((member) => member !== "");
}

/**
 * The bytes of a request's body as they arrive. The socket is read only while the caller iterates: a caller that stops
 * slows the client down.
 *
 * @throws {@link IncompleteBodyError} at once when the client goes away before the end.
 * @throws {@link RequestTimeoutError} when the client is slower than `options` allow.
 */
export async function* receiveBody(
  req: IncomingMessage,
  res: ServerResponse,
  options: BodyOptions,
): AsyncGenerator<Buffer, void, undefined> {
  sendContinue(req, res);
  const stopwatch = createStopwatch(options);
  while (!req.readableEnded) {
    options.signal?.throwIfAborted();
    if (req.destroyed) throw new IncompleteBodyError();
    const bytes = req.read() as Buffer | null;
    if (bytes === null) {
      await stopwatch.during(() => nextEvent(req, options));
    } else {
      stopwatch.count(bytes.length);
      yield bytes;
    }
  }
}

/** Adds up the time spent waiting, and compares it with the bytes that came of it. */
function createStopwatch({ idleTimeoutMs, minBytesPerSecond }: BodyPace) {
  let waitedMs = 0;
  let receivedBytes = 0;
  return {
    async during(wait: () => Promise<void>): Promise<void> {
      const startedAt = performance.now();
      await wait();
      waitedMs += performance.now() - startedAt;
    },
    count(bytes: number): void {
      receivedBytes += bytes;
      if (waitedMs < idleTimeoutMs) return;
      if (receivedBytes * 1000 < minBytesPerSecond * waitedMs) throw new RequestTimeoutError();
      waitedMs = 0;
      receivedBytes = 0;
    },
  };
}

/** Resolves as soon as there is something to read, the end included, or nothing will come or be wanted any more. */
function nextEvent(req: IncomingMessage, { idleTimeoutMs, signal }: BodyOptions): Promise<void> {
  const events = ["readable", "end", "close"];
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      for (const event of events) req.off(event, onEvent);
      signal?.removeEventListener("abort", onEvent);
    };
    const onEvent = () => {
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new RequestTimeoutError());
    }, idleTimeoutMs);
    for (const event of events) req.on(event, onEvent);
    signal?.addEventListener("abort", onEvent);
  });
}
