import { describe, expect, test } from "@jest/globals";
import { findType, inspectContent } from "../../../common/inspection/inspect.js";
import { MAX_READ_BYTES } from "../../../common/inspection/source.js";
import { asSource } from "../../support/byte-source.js";
import { declaredZip, officeOf, oleOf, pdfOf, zipOf } from "../../support/made-documents.js";
import { DOCUMENTS, TEXTS } from "./kinds.js";

const hex = (text: string) => Buffer.from(text, "hex");
const inspect = (content: string | Buffer) => inspectContent(asSource(Buffer.from(content)));

describe("A content", () => {
  test.each([...DOCUMENTS, ...TEXTS])(
    "is found to be %s, in pieces of any length",
    async (_, content, type) => {
      for (const pieceBytes of [7, 65_536]) {
        const bytes = Buffer.from(content);
        expect(await inspectContent(asSource(bytes, pieceBytes))).toMatchObject({ type });
        expect(await findType(asSource(bytes, pieceBytes))).toBe(type);
      }
    },
    30_000,
  );

  test("is read as far as is needed, and not more", async () => {
    const large = Buffer.concat([pdfOf(""), Buffer.alloc(3 * MAX_READ_BYTES), pdfOf("")]);
    for (const content of [large, Buffer.concat([Buffer.from("PK"), large]), Buffer.alloc(5e7)]) {
      const source = asSource(content);
      await inspectContent(source);
      expect(source.readBytes()).toBeLessThanOrEqual(MAX_READ_BYTES);
    }
  });

  test.each([
    ["utf-8", "gr\u00fc\u00dfe", Buffer.from("gr\u00fc\u00dfe")],
    ["utf-16le", "UTF-16", Buffer.from("\ufeffhi", "utf16le")],
    ["utf-16be", "UTF-16, big-endian", Buffer.from("\ufeffhi", "utf16le").swap16()],
    ["windows-1252", "Latin-1", Buffer.from("gr\xfc\xdfe", "latin1")],
    [null, "bytes", Buffer.from([0, 1, 2])],
  ])("has the encoding %s for %s", async (encoding, _, content) => {
    expect(await inspect(content)).toMatchObject({ encoding });
  });
});

const EMPTY_XML = '<?xml version="1.0"?><a>';
const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const ODT = "application/vnd.oasis.opendocument.text";

describe("Active content", () => {
  test.each<[string, string | Buffer]>([
    ["HTML", "<html>"],
    ["SVG", "<svg/>"],
    ["XSLT", '<?xml version="1.0"?><xsl:stylesheet/>'],
    ["XML with a style sheet", '<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>'],
    ["XML with elements of XHTML", `${EMPTY_XML}<b xmlns="http://www.w3.org/1999/xhtml"/></a>`],
    [
      "XML with them far behind",
      `${EMPTY_XML}${" ".repeat(3e6)}<b xmlns="http://www.w3.org/2000/svg"/>`,
    ],
    [
      "XML with them in the end",
      `${EMPTY_XML}${" ".repeat(12e6)}<b xmlns="http://www.w3.org/2000/svg"/>`,
    ],
    ["XML that hides them", `${EMPTY_XML}<b xmlns="http&#58;//www.w3.org/1999/xhtml"/></a>`],
    [
      "XML in UTF-16 with them",
      Buffer.from(`\ufeff${EMPTY_XML}<b xmlns='http://www.w3.org/2000/svg'/>`, "utf16le"),
    ],
    ["a PDF with a script", pdfOf("3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj")],
    [
      "a PDF with a script whose name has numbers",
      pdfOf("3 0 obj<</S/J#61vaScript/JS 4 0 R>>endobj"),
    ],
    ["a PDF with a script in an object stream", pdfOf("", "3 0 <</S/JavaScript/JS(1)>>")],
    ["a PDF that starts a program", pdfOf("3 0 obj<</S/Launch/F(cmd.exe)>>endobj")],
    ["a PDF with a form that has scripts", pdfOf("3 0 obj<</XFA 4 0 R>>endobj")],
    [
      "a large PDF with a script in its end",
      Buffer.concat([pdfOf(""), Buffer.alloc(12e6), pdfOf("<</S/JavaScript>>")]),
    ],
    ["a document with macros", officeOf(`${DOCX}.main+xml`, ["word/vbaProject.bin"])],
    [
      "a document of OpenDocument with macros",
      declaredZip(ODT, { "Basic/Standard/Module1.xml": {} }),
    ],
    ["an old document with macros", oleOf(["WordDocument", "Macros"])],
    ["an old workbook with macros", oleOf(["Workbook", "_VBA_PROJECT_CUR"])],
    ["old slides with macros", slidesOf(true)],
    ["old slides with macros in the end of a large file", slidesOf(true, 5e6)],
    ["a script", "#!/bin/sh\n"],
    ["a program", hex("4d5a90000300000004000000ffff0000")],
    ["another program", hex("7f454c4602010100" + "00".repeat(56))],
    ["a package for phones", zipOf({ "AndroidManifest.xml": {}, "classes.dex": {} })],
    ["a page that was saved", "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"],
  ])("is %s", async (_, content) => {
    expect(await inspect(content)).toMatchObject({ isActiveContent: true });
  });

  test.each<[string, string | Buffer]>([
    ["text", "<3 <script>"],
    ["XML", `${EMPTY_XML}<b xmlns="urn:x"/></a>`],
    ["a PDF", pdfOf("3 0 obj<</OpenAction[3 0 R/Fit]/JSON 1>>endobj", "3 0 <</Type/Page>>")],
    ["an office document", officeOf(`${DOCX}.main+xml`, ["word/document.xml"])],
    ["an old document", oleOf(["WordDocument"])],
    ["old slides", slidesOf(false)],
    ["an archive with a program's macros", zipOf({ "vbaProject.bin": {} })],
    ["a picture", hex("89504e470d0a1a0a0000000d49484452")],
    ["nothing", ""],
  ])("is not %s", async (_, content) => {
    expect(await inspect(content)).toMatchObject({ isActiveContent: false });
  });
});

/** Slides of PowerPoint 97: a compound file, and the record that says whether they have macros. */
function slidesOf(hasMacros: boolean, between = 0): Buffer {
  const atom = hex("020000040c000000" + "07000000" + (hasMacros ? "01" : "00") + "00000002000000");
  return Buffer.concat([oleOf(["PowerPoint Document"]), Buffer.alloc(between), atom]);
}

const RAR5_START = "526172211a070100" + "00000000" + "05" + "01" + "00" + "00" + "0000";

describe("Encrypted content", () => {
  test.each<[string, Buffer]>([
    ["an archive", zipOf({ a: { content: "x", isEncrypted: true } })],
    ["an archive with one encrypted member", zipOf({ a: {}, b: { isEncrypted: true } })],
    [
      "a text of OpenDocument",
      declaredZip(ODT, { "META-INF/manifest.xml": { content: "<manifest:encryption-data/>" } }),
    ],
    ["a document of Office", oleOf(["EncryptionInfo", "EncryptedPackage"])],
    ["a PDF", pdfOf("trailer<</Encrypt 5 0 R>>")],
    [
      "a 7z archive",
      hex(
        "377abcaf271c0004" +
          "00".repeat(4) +
          "0000000000000000" +
          "0800000000000000" +
          "00000000" +
          "17060106f1070100",
      ),
    ],
    ["a RAR archive", hex("526172211a0700" + "cf90" + "73" + "8000" + "0d00" + "000000000000")],
    [
      "a file in a RAR archive",
      hex(
        "526172211a0700" +
          "cf90" +
          "73" +
          "0000" +
          "0d00" +
          "000000000000" +
          "0000" +
          "74" +
          "0480" +
          "2000" +
          "00".repeat(25),
      ),
    ],
    ["a RAR 5 archive", hex("526172211a070100" + "00000000" + "05" + "04" + "00" + "00" + "0000")],
    [
      "a file in a RAR 5 archive",
      hex(
        `${RAR5_START}00000000` +
          "08" +
          "02" +
          "01" +
          "03" +
          "0000" +
          "02" +
          "01" +
          "00" +
          "00".repeat(8),
      ),
    ],
  ])("is %s that needs a password", async (_, content) => {
    expect(await inspect(content)).toMatchObject({ isEncrypted: true });
  });

  test.each<[string, Buffer]>([
    ["an archive", zipOf({ a: { content: "x" } })],
    ["a text of OpenDocument", declaredZip(ODT)],
    ["a document of Office", officeOf(`${DOCX}.main+xml`, ["word/document.xml"])],
    ["a PDF", pdfOf("")],
    [
      "a 7z archive",
      hex(
        "377abcaf271c0004" +
          "00".repeat(4) +
          "0000000000000000" +
          "0400000000000000" +
          "00000000" +
          "01040600",
      ),
    ],
    ["a RAR archive", hex("526172211a0700" + "cf90" + "73" + "0000" + "0d00" + "000000000000")],
    [
      "a RAR 5 archive",
      hex(`${RAR5_START}00000000` + "05" + "02" + "00" + "00" + "0000" + "00".repeat(8)),
    ],
  ])("is not %s without one", async (_, content) => {
    expect(await inspect(content)).toMatchObject({ isEncrypted: false });
  });
});
