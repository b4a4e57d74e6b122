import type { IncomingHttpHeaders } from "node:http";
import { isIP, isIPv6 } from "node:net";

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

const AUTHORITY = /^(?:[a-z0-9._~-]+|\[([0-9a-f:.]+)\])(?::(\d{0,5}))?$/i;
const LARGEST_PORT = 65_535;

/**
 * Whether a text is a host with or without a port (RFC 3986 §3.2.2, §3.2.3): a name of letters, digits and `.` `_` `~` `-`, as DNS has
 * them, or an IP address. A user is not part of it.
 */
export function isAuthority(text: string): boolean {
  const match = AUTHORITY.exec(text);
  if (match === null) return false;
  const [, address, port] = match;
  return (address === undefined || isIPv6(address)) && Number(port ?? 0) <= LARGEST_PORT;
}

/**
 * What may be believed about the client of a request that came through `trustedHops` proxies of ours. Each of them adds
 * one entry at the end of the `X-Forwarded-*` lists, so entries are counted from there: whatever a client wrote into them
 * itself stands further left and is ignored. With 0 hops only the connection and `Host` count.
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
    host: isAuthority(host) ? host.toLowerCase() : "",
  };
}

/** The fields by which a browser says which page made it send a request. */
type PageFields = Pick<IncomingHttpHeaders, "origin"> & { readonly "sec-fetch-site"?: unknown };

/** Where a request was sent to, and `PUBLIC_URL`. */
interface Site {
  readonly client: Pick<Client, "protocol" | "host">;
  readonly publicUrl: URL | undefined;
}

/** An `Origin` may be as long as a header. */
const SHOWN_LENGTH = 200;

/**
 * By what a request is known to come from a page of another site, as a sentence; `undefined` when it does not.
 *
 * `Sec-Fetch-Site` (W3C Fetch Metadata) decides where a browser sends it, because no proxy changes what it means: `same-origin`
 * is a page of ours, `none` is the person. A value that it does not define is ignored, as it asks. Otherwise `Origin` (RFC 6454
 * §7) must be `PUBLIC_URL`, or have the scheme, host and port that the request was sent to. `null` is what sandboxed pages and
 * redirects across sites say. Without both fields no browser page sent it (curl, a server).
 */
export function findOtherSite(fields: PageFields, site: Site): string | undefined {
  const fetchSite = fields["sec-fetch-site"];
  if (fetchSite === "same-origin" || fetchSite === "none") return undefined;
  if (fetchSite === "same-site" || fetchSite === "cross-site") {
    return `${ONLY_OWN_PAGES}. The browser says that another site's page sent this one: its Sec-Fetch-Site is ${fetchSite}`;
  }
  const { origin } = fields;
  const own = ownOrigins(site);
  if (origin === undefined || own.some((each) => each.origin === origin)) return undefined;
  const known = own.map((each) => `${each.origin} (by ${each.source})`).join(" or ");
  return (
    `${ONLY_OWN_PAGES}. The Origin of this one is ${JSON.stringify(origin.slice(0, SHOWN_LENGTH))}, ` +
    `but this site is ${known || "unknown: the request has no valid Host"}`
  );
}

const ONLY_OWN_PAGES = "Only this site's own pages may send requests that change something";

function ownOrigins({ client: { protocol, host }, publicUrl }: Site) {
  const sentTo = `${protocol}://${host}`;
  return [
    ...(publicUrl === undefined ? [] : [{ origin: publicUrl.origin, source: "PUBLIC_URL" }]),
    ...(host === "" || !URL.canParse(sentTo)
      ? []
      : [{ origin: new URL(sentTo).origin, source: "the address it was sent to" }]),
  ];
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
