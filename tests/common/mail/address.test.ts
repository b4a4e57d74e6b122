import { describe, expect, test } from "@jest/globals";
import { addressKey, parseAddress } from "../../../common/mail/address.js";

const LOCAL = "a".repeat(64);
/** 189 characters. */
const DOMAIN = `${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(61)}`;

describe("An e-mail address", () => {
  test.each([
    ["name@example.com", "name@example.com"],
    ["First.Last+tag@Example.COM", "First.Last+tag@example.com"],
    ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"],
    ["root@localhost", "root@localhost"],
    ["post@bücher.example", "post@xn--bcher-kva.example"],
    ["post@例え.テスト", "post@xn--r8jz45g.xn--zckzah"],
    ["u\u0308ber@example.com", "\u00FCber@example.com"],
    [`${LOCAL}@example.com`, `${LOCAL}@example.com`],
    [`${LOCAL}@${DOMAIN}`, `${LOCAL}@${DOMAIN}`],
  ])("%s is %s", (given, address) => {
    expect(parseAddress(given)).toBe(address);
  });

  test.each([
    [""],
    ["name"],
    ["@example.com"],
    ["name@"],
    ["a@b@example.com"],
    [".name@example.com"],
    ["name.@example.com"],
    ["a..b@example.com"],
    ["a b@example.com"],
    [" a@example.com"],
    ["a@example.com "],
    ["a@exa mple.com"],
    ["a@example.com\r\nBcc: b@example.com"],
    ["a\r\nBcc: b@example.com"],
    ["a\u0000@example.com"],
    ["a\u200B@example.com"],
    ["a\uD800@example.com"],
    ["a@example.com,b@example.com"],
    ["Name <a@example.com>"],
    ['"a b"@example.com'],
    ["a@[127.0.0.1]"],
    ["a@127.0.0.1"],
    ["a@0x7f.1"],
    ["a@example..com"],
    ["a@-example.com"],
    ["a@example.com."],
    ["a@example.com:25"],
    ["a@example.com/b"],
    ["a@%65xample.com"],
    ["a@xn--a"],
    [`${LOCAL}a@example.com`],
    [`${"ü".repeat(33)}@example.com`],
    [`${LOCAL}@${DOMAIN}d`],
    ["a".repeat(1_000_000)],
  ])("%j is not an address", (given) => {
    expect(parseAddress(given)).toBeUndefined();
  });

  test.each([
    ["Name@example.com", "nAME@example.com"],
    ["straße@example.com", "STRASSE@example.com"],
    ["ΣΑΣ@example.com", "σας@example.com"],
  ])("%s has the key of %s", (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other));
  });
});
