import { describe, expect, test } from "@jest/globals";
import { findOtherSite, resolveClient } from "../../../api/http/origin.js";

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
  const isForeign = (
    origin: string | undefined,
    client: Parameters<typeof findOtherSite>[1]["client"],
  ) => findOtherSite({ origin }, { client, publicUrl: undefined }) !== undefined;

  test.each([undefined, "https://files.example"])("%s is our own", (origin) => {
    expect(isForeign(origin, own)).toBe(false);
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
    expect(isForeign(origin, own)).toBe(true);
  });

  test.each([
    ["http://files.example", { protocol: "http", host: "files.example:80" }],
    ["https://files.example", { protocol: "https", host: "files.example:443" }],
    ["http://localhost:3000", { protocol: "http", host: "localhost:3000" }],
    ["http://[::1]:3000", { protocol: "http", host: "[::1]:3000" }],
  ] as const)("%s is the same as that of %j", (origin, client) => {
    expect(isForeign(origin, client)).toBe(false);
  });

  test("is never our own where the request has no host", () => {
    expect(isForeign("https://", { protocol: "https", host: "" })).toBe(true);
  });
});

describe("Behind a proxy that hides the port", () => {
  const client = { protocol: "http", host: "files.example" } as const;
  const origin = "https://files.example:8443";
  const publicUrl = new URL("https://files.example:8443");

  test.each(["same-origin", "none"])("the browser's word decides: %s", (fetchSite) => {
    const fields = { origin, "sec-fetch-site": fetchSite };

    expect(findOtherSite(fields, { client, publicUrl: undefined })).toBeUndefined();
  });

  test.each(["same-site", "cross-site"])("the browser's word refuses: %s", (fetchSite) => {
    const fields = { origin: "http://files.example", "sec-fetch-site": fetchSite };

    expect(findOtherSite(fields, { client, publicUrl })).toMatch(`Sec-Fetch-Site is ${fetchSite}`);
  });

  test.each([undefined, "", "Same-Origin", "same-origin, same-origin", "future"])(
    "a Sec-Fetch-Site of %j says nothing",
    (fetchSite) => {
      const fields = { origin: "https://evil.example", "sec-fetch-site": fetchSite };

      expect(findOtherSite(fields, { client, publicUrl })).toMatch("https://evil.example");
    },
  );

  test("PUBLIC_URL is our own, and so is the address that the request was sent to", () => {
    for (const own of [origin, "http://files.example"]) {
      expect(findOtherSite({ origin: own }, { client, publicUrl })).toBeUndefined();
    }
  });

  test("a refusal says what was compared with what", () => {
    const foreign = `https://evil.example/${"x".repeat(10_000)}`;

    const reason = findOtherSite({ origin: foreign }, { client, publicUrl });

    expect(reason).toContain('"https://evil.example/xxx');
    expect(reason).toContain("this site is https://files.example:8443 (by PUBLIC_URL)");
    expect(reason).toContain("or http://files.example (by the address it was sent to)");
    expect(reason?.length).toBeLessThan(600);
    expect(
      findOtherSite({ origin }, { client: { ...client, host: "" }, publicUrl: undefined }),
    ).toMatch("no valid Host");
  });
});
