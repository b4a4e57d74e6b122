import { describe, expect, test } from "@jest/globals";
import { isOwnOrigin, resolveClient } from "../../../api/http/origin.js";

const CONNECTION = { remoteAddress: "192.0.2.9", isEncrypted: false };
const FORWARDED = {
  host: "inner:3000",
  "x-forwarded-for": "203.0.113.6, 198.51.100.7, 192.0.2.8",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "files.example",
};

describe("The client of a request", () => {
  test("is the connection's when no proxy is trusted, whatever the request says", () => {
    expect(resolveClient({ ...CONNECTION, headers: FORWARDED }, 0)).toEqual({
      ip: "192.0.2.9",
      protocol: "http",
      host: "inner:3000",
    });
  });

  test.each([
    [1, "192.0.2.8"],
    [2, "198.51.100.7"],
    [3, "203.0.113.6"],
    [4, "203.0.113.6"],
  ])("behind %i proxies is the entry that the outermost of them wrote", (hops, ip) => {
    expect(resolveClient({ ...CONNECTION, headers: FORWARDED }, hops)).toEqual({
      ip,
      protocol: "https",
      host: "files.example",
    });
  });

  test.each([
    [
      "a list that the client began itself",
      { "x-forwarded-for": "6.6.6.6,192.0.2.8" },
      "192.0.2.8",
    ],
    ["an address with a port", { "x-forwarded-for": "192.0.2.8:4711" }, "192.0.2.8"],
    ["an IPv6 address with a port", { "x-forwarded-for": "[2001:db8::1]:4711" }, "2001:db8::1"],
    ["a mapped address", { "x-forwarded-for": "::ffff:192.0.2.8" }, "192.0.2.8"],
    ["no address", { "x-forwarded-for": "unknown" }, "192.0.2.9"],
    ["an empty list", { "x-forwarded-for": "" }, "192.0.2.9"],
    ["no list", {}, "192.0.2.9"],
  ])("behind one proxy that sends %s has the right address", (_what, headers, ip) => {
    expect(resolveClient({ ...CONNECTION, headers }, 1).ip).toBe(ip);
  });

  test.each([
    [{ host: "a", "x-forwarded-proto": "http, HTTPS" }, "https"],
    [{ host: "a", "x-forwarded-proto": "javascript" }, "http"],
    [{ host: "a" }, "http"],
  ])("behind one proxy that sends %j has the right scheme", (headers, protocol) => {
    expect(resolveClient({ ...CONNECTION, headers }, 1).protocol).toBe(protocol);
  });

  test.each(["a@b", "a/b", "a b", "a:b", "a:123456", "", "[::1", "a\\b", "a?b", "a#b"])(
    "has no host where it says %j",
    (host) => {
      expect(resolveClient({ ...CONNECTION, headers: { host } }, 0).host).toBe("");
    },
  );

  test("may have an encrypted connection and no address any more", () => {
    const hop = { remoteAddress: undefined, isEncrypted: true, headers: { host: "[::1]:80" } };

    expect(resolveClient(hop, 0)).toEqual({ ip: "", protocol: "https", host: "[::1]:80" });
  });
});

describe("An Origin", () => {
  const own = { protocol: "https", host: "files.example" } as const;

  test.each([undefined, "https://files.example"])("%s is our own", (origin) => {
    expect(isOwnOrigin(origin, own)).toBe(true);
  });

  test.each([
    "null",
    "",
    "http://files.example",
    "https://files.example:444",
    "https://files.example.evil",
    "https://evil-files.example",
    "https://evil@files.example",
    "https://files.example/",
    "https://files.example, https://evil",
    "//files.example",
    "https://",
  ])("%j is foreign", (origin) => {
    expect(isOwnOrigin(origin, own)).toBe(false);
  });

  test.each([
    ["http://files.example", { protocol: "http", host: "files.example:80" }],
    ["https://files.example", { protocol: "https", host: "files.example:443" }],
    ["http://localhost:3000", { protocol: "http", host: "localhost:3000" }],
    ["http://[::1]:3000", { protocol: "http", host: "[::1]:3000" }],
  ] as const)("%s is the same as that of %j", (origin, client) => {
    expect(isOwnOrigin(origin, client)).toBe(true);
  });

  test("is never our own where the request has no host", () => {
    expect(isOwnOrigin("https://", { protocol: "https", host: "" })).toBe(false);
  });
});
