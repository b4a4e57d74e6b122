import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** What a connection says about its client, and what the request says on top. */
export interface Hop {
  readonly remoteAddress: string | undefined;
  readonly isEncrypted: boolean;
  readonly headers: IncomingHttpHeaders;
}

/** Who sent a request, and what address it was sent to, as the client sees it. */
export interface Client {
  readonly ip: string;
  readonly protocol: "http" | "https";
  /** Host name and port, as in the `Host` field; empty where it has none or no valid one. */
  readonly host: string;
}

const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What may be believed about the client of a request that came through `trustedHops` proxies of ours. Each of them adds
 * one entry at the end of the `X-Forwarded-*` lists, so entries are counted from there: whatever a client wrote into them
 * itself stands further left and is not looked at. With 0 hops only the connection and `Host` count.
 */
export function resolveClient(hop: Hop, trustedHops: number): Client {
  const forwarded = (name: string) => entryOfHop(hop.headers[name], trustedHops);
  const ip = withoutPort(forwarded("x-forwarded-for") ?? "");
  const protocol = forwarded("x-forwarded-proto")?.toLowerCase();
  const host = forwarded("x-forwarded-host") ?? hop.headers.host ?? "";
  const ofConnection = hop.isEncrypted ? "https" : "http";
  return {
    ip: withoutMapping(isIP(ip) === 0 ? (hop.remoteAddress ?? "") : ip),
    protocol: protocol === "http" || protocol === "https" ? protocol : ofConnection,
    host: HOST.test(host) ? host.toLowerCase() : "",
  };
}

/**
 * Whether a request comes from one of the site's own pages, by its `Origin` field (RFC 6454 §7): it does when the field
 * names the scheme, host and port that the request was sent to. Without the field no browser page sent it (curl, a
 * server). `null` is what sandboxed pages and redirects across sites say, and is foreign.
 */
export function isOwnOrigin(
  origin: string | undefined,
  { protocol, host }: Pick<Client, "protocol" | "host">,
): boolean {
  if (origin === undefined) return true;
  const own = `${protocol}://${host}`;
  return host !== "" && URL.canParse(own) && new URL(own).origin === origin;
}

/** A list that is shorter than the hops was not begun by the client: its first entry is the outermost proxy's. */
function entryOfHop(field: string | string[] | undefined, trustedHops: number): string | undefined {
  if (field === undefined || trustedHops === 0) return undefined;
  const entries = String(field)
    .split(",")
    .map((entry) => entry.trim());
  return entries[Math.max(0, entries.length - trustedHops)];
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  const match = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address);
  return match?.[1] ?? match?.[2] ?? address;
}

/** An IPv4 address on an IPv6 socket (RFC 4291 §2.5.5.2) in its usual form. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
