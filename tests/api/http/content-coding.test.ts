import { describe, expect, test } from "@jest/globals";
import { chooseCoding } from "../../../api/http/content-coding.js";

describe("Accept-Encoding", () => {
  test.each([
    [undefined, "identity"],
    ["", "identity"],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1.0, br;q=0.5", "gzip"],
    ["gzip ; q=0.5 , br;q=0.001", "gzip"],
    ["*", "br"],
    ["br;q=0, *", "gzip"],
    ["*;q=0", "identity"],
    ["gzip;q=0", "identity"],
    ["gzip;q=0, br;q=0, *;q=0", "identity"],
    ["identity", "identity"],
    ["identity;q=0", "identity"],
    ["identity;q=0, *", "br"],
    ["identity;q=0, gzip;q=0.1", "gzip"],
    ["identity, gzip;q=0.5", "identity"],
    ["identity;q=0.5, gzip;q=0.5", "gzip"],
    ["deflate, compress, zstd", "identity"],
    ["gzip;q=2", "identity"],
    ["gzip;q=0.1234, br", "br"],
    ["gzip;q=x", "identity"],
    ["gzip;level=9", "identity"],
    [",, gzip ,", "gzip"],
    ["gzip\u0000, br;q=", "identity"],
  ])("%j asks for %s", (field, coding) => {
    expect(chooseCoding(field)).toBe(coding);
  });
});
