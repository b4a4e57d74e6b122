import type { ServerResponse } from "node:http";

const waiting = new WeakMap<ServerResponse, (() => void)[]>();

/**
 * Calls back once when an answer is over: all of it was sent, or its connection is gone. At once where it is gone already: then there will be no
 * `close` any more.
 *
 * However many wait for an answer, it has one listener of ours. Node warns about more than ten, and those that send a stream have most of them.
 */
export function whenClosed(res: ServerResponse, callback: () => void): void {
  if (res.destroyed) {
    callback();
    return;
  }
  const others = waiting.get(res);
  if (others !== undefined) {
    others.push(callback);
    return;
  }
  const callbacks = [callback];
  waiting.set(res, callbacks);
  res.once("close", () => {
    for (const each of callbacks) each();
  });
}
