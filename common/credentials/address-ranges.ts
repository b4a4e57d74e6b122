import { BlockList, isIPv4, isIPv6 } from "node:net";

const RANGE = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/;
const MAPPED = /^::ffff:/i;

interface Range {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly prefixLength: number;
}

/**
 * A range of addresses in CIDR notation, `192.0.2.0/24` or `2001:db8::/32`. An address alone is a range of one.
 *
 * @returns `undefined` for anything else, and for IPv4 addresses in the form of IPv6: clients have them in their own form.
 */
export function parseAddressRange(text: string): string | undefined {
  const range = readRange(text);
  return range === undefined ? undefined : `${range.address}/${range.prefixLength}`;
}

/** Whether an address lies in one of some ranges. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const text of ranges) {
    const range = readRange(text);
    if (range !== undefined) list.addSubnet(range.address, range.prefixLength, range.family);
  }
  // A link-local address may name the interface that it came by.
  const bare = address.replace(/%.*$/, "");
  if (isIPv4(bare)) return list.check(bare, "ipv4");
  return isIPv6(bare) && list.check(bare, "ipv6");
}

/** Whether each address of a range lies in one of some ranges. Ranges that cover it only together do not count. */
export function isRangeIn(text: string, ranges: readonly string[]): boolean {
  const inner = readRange(text);
  if (inner === undefined) return false;
  return ranges.some((range) => {
    const outer = readRange(range);
    return (
      outer?.family === inner.family &&
      outer.prefixLength <= inner.prefixLength &&
      isInRanges(inner.address, [range])
    );
  });
}

function readRange(text: string): Range | undefined {
  const [, address = "", length] = RANGE.exec(text) ?? [];
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
  if (family === undefined || MAPPED.test(address)) return undefined;
  const longest = family === "ipv4" ? 32 : 128;
  const prefixLength = Number(length ?? longest);
  return prefixLength > longest ? undefined : { address, family, prefixLength };
}
