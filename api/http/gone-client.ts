import type { ServerResponse } from "node:http";
import { whenClosed } from "./when-closed.js";

/**
 * Is aborted when the connection of an answer is gone. A client that only closes its side is not gone: it may wait for the answer
 * (RFC 9112 §9.6).
 */
export function goneSignal(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  whenClosed(res, () => {
    gone.abort();
  });
  return gone.signal;
}
