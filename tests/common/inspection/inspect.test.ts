import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inspectContent } from "../../../common/inspection/inspect.js";
import { asSource } from "../../support/byte-source.js";
import { isLong } from "../../support/long.js";

/** The type that is found in some bytes. */
const typeOf = async (bytes: Buffer) => (await inspectContent(asSource(bytes))).type;

const hex = (text: string) => Buffer.from(text, "hex");

/** A file of each format whose signature is letters, as small as it can be. */
const LETTERED: readonly (readonly [type: string, bytes: Buffer])[] = [
  ["image/bmp", hex("424d1e000000000000001a0000000c00000001000100010018000000ff00")],
  [
    "image/gif",
    hex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"),
  ],
  ["image/gif", hex("474946383761010001008000000000ffffff2c00000000010001000002024401003b")],
  ["image/tiff", hex("49492a00080000000100000104000100000001000000" + "00000000")],
  ["image/webp", hex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")],
  [
    "image/vnd.adobe.photoshop",
    hex(
      "38425053000100000000000000010000000100000001000800010000" + "00000000".repeat(3) + "000000",
    ),
  ],
  ["application/x-msdownload", hex("4d5a900003000000040000" + "00".repeat(53))],
  [
    "application/x-bzip2",
    hex("425a683931415926535904080d8e000001910040000244a00021200668351ca60e2ee48a70a12008101b1c"),
  ],
  ["application/x-bzip2", hex("425a683917724538509000000000")],
  ["application/zip", hex("504b0506" + "00".repeat(18))],
  [
    "application/x-sqlite3",
    Buffer.from("SQLite format 3\0\u0002\0\u0001\u0001\0@  " + "\0".repeat(76)),
  ],
  ["application/x-lzip", hex("4c5a4950010c00" + "00".repeat(20))],
  ["application/x-shockwave-flash", hex("4657530a0f000000300a00a00001010043020000004000")],
  ["application/vnd.ms-cab-compressed", hex("4d53434600000000" + "00".repeat(28))],
  ["audio/mpeg", hex("4944330300000000000a" + "00".repeat(10) + "fffb9064")],
  [
    "audio/wav",
    hex(
      "524946462800000057415645666d74201000000001000100401f0000401f000001000800646174610400000041414141",
    ),
  ],
  ["video/vnd.avi", hex("52494646000100004156492" + "04c495354")],
  ["audio/flac", hex("664c614380000022100010000000000000000ac440f000000000" + "00".repeat(16))],
  ["audio/midi", hex("4d546864000000060000000100604d54726b0000000400ff2f00")],
  ["audio/aiff", hex("464f524d0000002e41494646434f4d4d00000012000100000000")],
  ["audio/ogg", hex(`4f6767530002${"00".repeat(20)}011e01766f72626973${"00".repeat(23)}`)],
  ["video/x-flv", hex("464c5601050000000900000000")],
  ["font/woff", hex("774f464600010000" + "00".repeat(40))],
  ["font/otf", hex("4f54544f000000000000000000")],
  ["image/icns", hex("69636e7300000008" + "00".repeat(8))],
];

/** Formats that are text. */
const TEXT_FORMATS: readonly (readonly [type: string, text: string])[] = [
  ["application/rtf", "{\\rtf1\\ansi hello}"],
  ["application/xml", "<?xml version='1.0'?><note/>"],
  ["application/postscript", "%!PS-Adobe-3.0\n%%Title: x\nshowpage\n"],
  ["application/postscript", "%!PS\nshowpage\n"],
  ["application/eps", "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n"],
  ["application/pdf", "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"],
  ["application/pgp-encrypted", "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n"],
  ["application/x-ms-regedit", "REGEDIT4\r\n\r\n[HKEY_CURRENT_USER]\r\n"],
  [
    "application/x-unix-archive",
    "!<arch>\na.txt/          0           0     0     644     6         `\nhello\n",
  ],
  ["model/stl", "solid cube\n facet normal 0 0 1\n  outer loop\n"],
  ["text/calendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"],
  ["text/vcard", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n"],
  ["text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"],
  ["text/plain", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
];

/** Text that begins like a file of another type. */
const BEGINNINGS = [
  ..."BMI,Age,Sex|GIFTS for|GIF89a|MZ|BZh91AY&SY|PK|ID3 tags are|%!PS is|%!PSI|FLV|fLaC is|RIFF|RIFFabcdWAVEfmt |RIFFabcdWEBPVP8 ".split(
    "|",
  ),
  ..."RIFFabcdAVI LIST|OggS|8BPS|SQLi|SQLite format 3|{\\rtf|{\\rtfm}|%PDF|%PDF is|MThd|IMPM|DSD |LZIP|FWS|CWS|FORM|MAC |MPCK|MP+|ttcf".split(
    "|",
  ),
  ..."OTTO|II*|icns|FLIF|gimp xcf |!<arch> |!<arch>\ndebian-binary|Cr24|MSCF|DRACO|#!AMR\n|ITSF|regf|ARROW1|PAR1|BLENDER-v|AC1018".split(
    "|",
  ),
  ..."Creative Voice File|solid advice|ISc(|!BDN|xxxxftypisom|xxxxmoov|xxxxmdat|xxxxfree|wOFF|wOF2|Rar!|Obj|7z|070707|DICM|true|$FL2".split(
    "|",
  ),
  `G${"x".repeat(187)}G${"x".repeat(187)}G`,
  `${"a".repeat(36)}acsp`,
  `${"a".repeat(128)}DICM`,
  `${"a".repeat(60)}BOOKMOBI`,
  `${"a".repeat(257)}ustar`,
  "",
];

const lines = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...Array.from("\n\t aZ0é日😀")),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 600,
});

describe("inspectContent", () => {
  test.each([...LETTERED, ...TEXT_FORMATS])("finds %s", async (type, content) => {
    expect(await typeOf(Buffer.from(content))).toBe(type);
  });

  test("finds formats that are text behind a byte order mark", async () => {
    expect(await typeOf(Buffer.from("\ufeff{\\rtf1 x}"))).toBe("application/rtf");
  });

  test.each(BEGINNINGS)("calls text that begins with %j text", async (beginning) => {
    for (const rest of [" text", "\nof, many\nlines", " x".repeat(4000)]) {
      const text = `${beginning}${rest}`;
      expect(await typeOf(Buffer.from(text))).toBe("text/plain");
      expect(await typeOf(Buffer.from(`\ufeff${text}`, "utf16le"))).toBe("text/plain");
      expect(await typeOf(Buffer.from(`${text}\u00fc`, "latin1"))).toBe("text/plain");
    }
  });

  test("calls no text by a type that is not text", async () => {
    const kinds = ["text/csv", "text/tab-separated-values", "text/html"];
    const allowed = new Set([...TEXT_FORMATS.map(([type]) => type), ...kinds]);
    const anyText = fc.tuple(fc.oneof(fc.constantFrom(...BEGINNINGS), lines), lines);
    await fc.assert(
      fc.asyncProperty(anyText, async ([beginning, rest]) => {
        fc.pre(beginning + rest !== "");
        expect(allowed).toContain(await typeOf(Buffer.from(beginning + rest)));
      }),
      { numRuns: isLong ? 20_000 : 500 },
    );
  });

  test.each<[string, Buffer, string]>([
    ["nothing", Buffer.alloc(0), "application/octet-stream"],
    ["plain text", Buffer.from("hello\r\n\tworld\f"), "text/plain"],
    ["text in UTF-8", Buffer.from("grüße, мир, 😀"), "text/plain"],
    ["text with colours of a terminal", Buffer.from("\u001b[31mred"), "text/plain"],
    ["text in UTF-16 with its mark", Buffer.from("\ufeffhällo", "utf16le"), "text/plain"],
    ["the same with the other mark", Buffer.from("\ufeffhi", "utf16le").swap16(), "text/plain"],
    ["XML in UTF-16", Buffer.from("\ufeff<?xml ?>", "utf16le"), "application/xml"],
    ["MPEG audio that begins like UTF-16", hex("fffe40c40000d80000"), "audio/mpeg"],
    ["HTML", Buffer.from("<!doctype html><script>alert(1)</script>"), "text/html"],
    ["a NUL among text", Buffer.from("hel\0lo"), "application/octet-stream"],
    ["a DEL among text", Buffer.from("hel\x7flo"), "application/octet-stream"],
    ["text in Latin-1", hex("6772fcdf65"), "text/plain"],
    ["text in an encoding with other letters", hex("c4e0ecefe5"), "application/octet-stream"],
    ["a lone surrogate in UTF-8", hex("61eda080"), "application/octet-stream"],
    ["PNG", hex("89504e470d0a1a0a0000000d49484452"), "image/png"],
    ["JPEG", hex("ffd8ffe000104a46494600"), "image/jpeg"],
    ["PDF", Buffer.from("%PDF-1.7\n"), "application/pdf"],
    ["a gzip bomb's first bytes", hex("1f8b0800000000000203"), "application/gzip"],
  ])("calls %s what it is", async (_, bytes, expected) => {
    expect(await typeOf(bytes)).toBe(expected);
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
      expect(await typeOf(bytes)).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  });
});
