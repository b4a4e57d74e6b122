import { isIPv4, isIPv6 } from "node:net";

const GROUPS = 8;
const MAPPED_GROUPS = 6;

/**
 * Whom an address counts as: an IPv4 address is one client, and an IPv6 network of 64 bits is one, because that is the least that anybody gets
 * (RFC 6177). An IPv4 address on an IPv6 socket is that IPv4 address.
 */
export function sourceOf(address: string): string {
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  if (groups === undefined) return "unknown";
  return mappedAddress(groups) ?? `${groups.slice(0, 4).join(":")}::/64`;
}

/** The coarse network of an address: `192.0.2.0/24`, `2001:db8:1::/48`. Empty for what is no address. */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address.replace(/\.\d+$/, ".0/24");
  const groups = groupsOf(address);
  if (groups === undefined) return "";
  const mapped = mappedAddress(groups);
  return mapped === undefined ? `${groups.slice(0, 3).join(":")}::/48` : networkOf(mapped);
}

/** Whether an address is of a private network, of the machine itself, or of a link (RFC 1918, RFC 4193, RFC 6598). */
export function isPrivate(address: string): boolean {
  const source = sourceOf(address);
  if (isIPv4(source)) {
    return /^(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      source,
    );
  }
  return /^(?:f[cd]|fe[89ab])/.test(source) || withoutZone(address) === "::1";
}

/** The eight groups of an IPv6 address, without zeros in front, in lower case; `undefined` for what is no IPv6 address. */
function groupsOf(address: string): string[] | undefined {
  const plain = withoutZone(address);
  if (!isIPv6(plain)) return undefined;
  const [head = "", tail] = withHexadecimalEnd(plain).split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = Array<string>(GROUPS - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16).toString(16));
}

/** RFC 4291 §2.5.5.2. */
function mappedAddress(groups: readonly string[]): string | undefined {
  if (groups.slice(0, MAPPED_GROUPS).join(":") !== "0:0:0:0:0:ffff") return undefined;
  const bytes = groups.slice(MAPPED_GROUPS).flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
  return bytes.join(".");
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withHexadecimalEnd(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: unknown[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

const withoutZone = (address: string) => address.replace(/%.*$/, "");
