import { BlockList, isIP, isIPv4 } from "node:net";

/** What the IANA registry of special-purpose IPv4 addresses (RFC 6890) does not call globally reachable, and multicast. */
const REFUSED_IPV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

/** The only part of IPv6 that is given to hosts on the internet. */
const GLOBAL_IPV6 = ["2000::", 3] as const;

/** What of that is reserved, is for documentation, or holds an IPv4 address: 6to4 and Teredo lead to wherever that says. */
const REFUSED_IPV6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
] as const;

const refusedIpv4 = new BlockList();
for (const [address, bits] of REFUSED_IPV4) refusedIpv4.addSubnet(address, bits, "ipv4");

const globalIpv6 = new BlockList();
globalIpv6.addSubnet(...GLOBAL_IPV6, "ipv6");

const refusedIpv6 = new BlockList();
for (const [address, bits] of REFUSED_IPV6) refusedIpv6.addSubnet(address, bits, "ipv6");

/**
 * Whether an address is one of a host on the public internet. Private, loopback, link-local, multicast and reserved ones are not, and neither are
 * IPv6 addresses that stand for an IPv4 address.
 *
 * @param address - An IPv4 or IPv6 address, without brackets.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refusedIpv4.check(address, "ipv4");
  if (isIP(address) === 0) return false;
  return globalIpv6.check(address, "ipv6") && !refusedIpv6.check(address, "ipv6");
}
