import { describe, expect, test } from "@jest/globals";
import { sniffType } from "../../../common/storage/sniff.js";

const hex = (text: string) => Buffer.from(text, "hex");

describe("sniffType", () => {
  test.each<[string, Buffer, string]>([
    ["nothing", Buffer.alloc(0), "application/octet-stream"],
    ["plain text", Buffer.from("hello\r\n\tworld\f"), "text/plain"],
    ["text in UTF-8", Buffer.from("grüße, мир, 😀"), "text/plain"],
    ["text with colours of a terminal", Buffer.from("\u001b[31mred"), "text/plain"],
    ["text in UTF-16 with its mark", Buffer.from("\ufeffhällo", "utf16le"), "text/plain"],
    ["the same with the other mark", Buffer.from("\ufeffhi", "utf16le").swap16(), "text/plain"],
    ["XML in UTF-16", Buffer.from("\ufeff<?xml ?>", "utf16le"), "application/xml"],
    ["MPEG audio that begins like UTF-16", hex("fffe40c40000d80000"), "audio/mpeg"],
    ["HTML", Buffer.from("<!doctype html><script>alert(1)</script>"), "text/plain"],
    ["a NUL among text", Buffer.from("hel\0lo"), "application/octet-stream"],
    ["a DEL among text", Buffer.from("hel\x7flo"), "application/octet-stream"],
    ["text in Latin-1", hex("6772fcdf65"), "application/octet-stream"],
    ["a lone surrogate in UTF-8", hex("61eda080"), "application/octet-stream"],
    ["PNG", hex("89504e470d0a1a0a0000000d49484452"), "image/png"],
    ["JPEG", hex("ffd8ffe000104a46494600"), "image/jpeg"],
    ["PDF", Buffer.from("%PDF-1.7\n"), "application/pdf"],
    ["a gzip bomb's first bytes", hex("1f8b0800000000000203"), "application/gzip"],
  ])("calls %s what it is", async (_, bytes, expected) => {
    expect(await sniffType(bytes, true)).toBe(expected);
  });

  test("takes a beginning that ends inside a character for text, and a whole file for binary", async () => {
    const cut = Buffer.from("grüße 😀").subarray(0, -1);

    expect(await sniffType(cut, false)).toBe("text/plain");
    expect(await sniffType(cut, true)).toBe("application/octet-stream");
  });

  test.each([
    "504b0304",
    "4f676753",
    "1a45dfa3",
    "00000020667479706d703432",
    "d0cf11e0a1b11ae1",
    "25215053",
  ])("ends on any bytes behind the signature %s", async (signature) => {
    for (const filler of [0x00, 0xff, 0x50]) {
      const bytes = Buffer.concat([hex(signature), Buffer.alloc(65_000, filler)]);
      expect(await sniffType(bytes, false)).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  });
});
