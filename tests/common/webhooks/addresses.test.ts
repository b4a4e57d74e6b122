import { describe, expect, test } from "@jest/globals";
import { isPublicAddress } from "../../../common/webhooks/addresses.js";
import { namesPrivateAddress, parseWebhookUrl } from "../../../common/webhooks/url.js";

const REFUSED = [
  ["unspecified", "0.0.0.0"],
  ["of this network", "0.1.2.3"],
  ["private, class A", "10.1.2.3"],
  ["private, class B", "172.31.255.255"],
  ["private, class C", "192.168.1.1"],
  ["of a carrier's NAT", "100.64.0.1"],
  ["loopback", "127.0.0.1"],
  ["loopback, not the usual one", "127.255.255.254"],
  ["link-local", "169.254.1.1"],
  ["of cloud metadata", "169.254.169.254"],
  ["of IETF protocols", "192.0.0.8"],
  ["for documentation", "203.0.113.9"],
  ["for benchmarks", "198.19.0.1"],
  ["a 6to4 relay", "192.88.99.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["IPv6, unspecified", "::"],
  ["IPv6, loopback", "::1"],
  ["IPv4-mapped, dotted", "::ffff:127.0.0.1"],
  ["IPv4-mapped", "::ffff:7f00:1"],
  ["IPv4-mapped, public", "::ffff:8.8.8.8"],
  ["IPv4-compatible", "::7f00:1"],
  ["IPv4-translated", "::ffff:0:7f00:1"],
  ["NAT64", "64:ff9b::7f00:1"],
  ["NAT64, local", "64:ff9b:1::1"],
  ["6to4", "2002:7f00:1::1"],
  ["Teredo", "2001:0:4136:e378:8000:63bf:80ff:fffe"],
  ["ORCHID", "2001:20::1"],
  ["IPv6 for documentation", "2001:db8::1"],
  ["IPv6 for documentation, the longer one", "3fff::1"],
  ["unique local", "fd12:3456:789a::1"],
  ["unique local of cloud metadata", "fd00:ec2::254"],
  ["IPv6, link-local", "fe80::1"],
  ["IPv6, link-local with a zone", "fe80::1%eth0"],
  ["site-local", "fec0::1"],
  ["IPv6, multicast", "ff02::1"],
  ["discard-only", "100::1"],
  ["segment routing", "5f00::1"],
  ["no address", "files.example"],
] as const;

const ACCEPTED = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"];

const URLS = [
  "http://2130706433/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://127.1/",
  "http://0/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "https://10.0.0.1:8443/hook",
  "http://１２７.0.0.1/",
];

const MALFORMED = [
  ["no URL", "files.example/hook"],
  ["a path", "/hook"],
  ["another scheme", "ftp://files.example/"],
  ["a file", "file:///etc/passwd"],
  ["a script", "javascript:alert(1)"],
  ["a username", "https://me@files.example/"],
  ["a password", "https://me:secret@files.example/"],
  ["a fragment", "https://files.example/#part"],
  ["too many characters", `https://files.example/${"a".repeat(2030)}`],
  ["too many characters once they are encoded", `https://files.example/${"ä".repeat(400)}`],
  ["a zone", "http://[fe80::1%25eth0]/"],
] as const;

describe("The addresses that webhooks are not sent to", () => {
  test.each(REFUSED)("include one that is %s: %s", (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(ACCEPTED)("do not include %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(URLS)("are found in %s, however they are written", (text) => {
    const url = parseWebhookUrl(text);

    expect(url && namesPrivateAddress(url)).toBe(true);
  });

  test("are not looked for in names", () => {
    const url = parseWebhookUrl("https://localhost:1234/hook?a=b");

    expect(url?.href).toBe("https://localhost:1234/hook?a=b");
    expect(url && namesPrivateAddress(url)).toBe(false);
  });
});

describe("The URL of a webhook", () => {
  test.each(MALFORMED)("is not one with %s", (_what, text) => {
    expect(parseWebhookUrl(text)).toBeUndefined();
  });

  test("may have 2,048 characters", () => {
    const text = `https://files.example/${"a".repeat(2048 - 22)}`;

    expect(parseWebhookUrl(text)?.href).toBe(text);
    expect(parseWebhookUrl(`${text}a`)).toBeUndefined();
  });
});
