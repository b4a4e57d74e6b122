import { describe, expect, test } from "@jest/globals";
import { isPrivate, networkOf, sourceOf } from "../../../common/platform/network.js";

describe("An address", () => {
  test.each([
    ["192.0.2.77", "192.0.2.77", "192.0.2.0/24"],
    ["::ffff:192.0.2.77", "192.0.2.77", "192.0.2.0/24"],
    ["::FFFF:c000:24d", "192.0.2.77", "192.0.2.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"],
    ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64", "2001:db8:1::/48"],
    ["2001:db8::", "2001:db8:0:0::/64", "2001:db8:0::/48"],
    ["::1", "0:0:0:0::/64", "0:0:0::/48"],
    ["64:ff9b::192.0.2.77", "64:ff9b:0:0::/64", "64:ff9b:0::/48"],
    ["fe80::1%eth0", "fe80:0:0:0::/64", "fe80:0:0::/48"],
    ["", "unknown", ""],
    ["example", "unknown", ""],
  ])("%s counts as %s, in the network %s", (address, source, network) => {
    expect({ source: sourceOf(address), network: networkOf(address) }).toEqual({ source, network });
  });

  test.each([
    "10.0.0.1",
    "127.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "::ffff:10.1.2.3",
    "fd00::1",
    "fe80::1%eth0",
  ])("%s is private", (address) => {
    expect(isPrivate(address)).toBe(true);
  });

  test.each(["192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::2", "", "10.example"])(
    "%s is not private",
    (address) => {
      expect(isPrivate(address)).toBe(false);
    },
  );
});
