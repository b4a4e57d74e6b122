import type { MongoClient } from "mongodb";

/** A first answer that takes longer is reported, in milliseconds. */
const PATIENCE_MS = 2000;

interface Facts {
  /** Host and port, or the hosts of the URL; never its account. */
  readonly server: string;
  readonly reason?: string;
}

/** Where a connection string leads, without the account and the options. */
export function serversOf(url: string): string {
  // The host begins behind the last `@`: a password may hold one that is not escaped.
  return /^[^:]+:\/\/(?:[^]*@)?([^/?#]*)/.exec(url)?.[1] ?? "";
}

/** What went wrong, in one line: the message; of several errors, that of each. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(reasonOf).join(", ");
  }
  return error.message;
}

/**
 * Tells that MongoDB does not answer: as soon as a connection fails, once with each reason until it answers, and when a new client has waited for
 * 2 s. `stop` ends that wait.
 */
export function watchMongo(
  client: MongoClient,
  url: string,
  tell: (text: string, facts: Facts) => void,
) {
  const reasons = new Map<string, string>();
  const timer = setTimeout(() => {
    if (reasons.size === 0) tell("Waiting for MongoDB", { server: serversOf(url) });
  }, PATIENCE_MS);
  client.on("serverHeartbeatFailed", ({ connectionId: server, failure }) => {
    const reason = reasonOf(failure);
    if (reasons.get(server) !== reason) tell("Waiting for MongoDB", { server, reason });
    reasons.set(server, reason);
  });
  client.on("serverHeartbeatSucceeded", ({ connectionId }) => {
    reasons.delete(connectionId);
  });
  return {
    stop: () => {
      clearTimeout(timer);
    },
    firstReason: () => [...reasons.values()][0],
  };
}
