import { declaredZip, officeOf, oleOf, pdfOf, zipOf } from "../../support/made-documents.js";

const OFFICE = "application/vnd.openxmlformats-officedocument";
const ODF = "application/vnd.oasis.opendocument";
const WORD = "application/vnd.ms-word";
const EXCEL = "application/vnd.ms-excel";
const POWERPOINT = "application/vnd.ms-powerpoint";
const INSTALLER = "84100c0000000000c000000000000046";
const hex = (text: string) => Buffer.from(text, "hex");

/** A name for a content, its bytes, and the type that is to be found. */
export type Kind = readonly [name: string, content: string | Buffer, type: string];

/** Archives and documents. */
export const DOCUMENTS: readonly Kind[] = [
  [
    "a document of Word",
    officeOf(`${OFFICE}.wordprocessingml.document.main+xml`, ["word/document.xml"]),
    `${OFFICE}.wordprocessingml.document`,
  ],
  [
    "a template of Word",
    officeOf(`${OFFICE}.wordprocessingml.template.main+xml`, ["word/document.xml"]),
    `${OFFICE}.wordprocessingml.template`,
  ],
  [
    "a document of Word with macros",
    officeOf(`${WORD}.document.macroEnabled.main+xml`, ["word/vbaProject.bin"]),
    `${WORD}.document.macroenabled.12`,
  ],
  [
    "a template of Word with macros",
    officeOf(`${WORD}.template.macroEnabledTemplate.main+xml`, ["word/vbaProject.bin"]),
    `${WORD}.template.macroenabled.12`,
  ],
  [
    "a workbook",
    officeOf(`${OFFICE}.spreadsheetml.sheet.main+xml`, ["xl/workbook.xml"]),
    `${OFFICE}.spreadsheetml.sheet`,
  ],
  [
    "a workbook with macros",
    officeOf(`${EXCEL}.sheet.macroEnabled.main+xml`, ["xl/workbook.xml", "xl/vbaProject.bin"]),
    `${EXCEL}.sheet.macroenabled.12`,
  ],
  [
    "a binary workbook",
    officeOf(`${EXCEL}.sheet.binary.macroEnabled.main`, ["xl/workbook.bin"]),
    `${EXCEL}.sheet.binary.macroenabled.12`,
  ],
  [
    "slides",
    officeOf(`${OFFICE}.presentationml.presentation.main+xml`, ["ppt/presentation.xml"]),
    `${OFFICE}.presentationml.presentation`,
  ],
  [
    "a slide show",
    officeOf(`${OFFICE}.presentationml.slideshow.main+xml`, ["ppt/presentation.xml"]),
    `${OFFICE}.presentationml.slideshow`,
  ],
  [
    "slides with macros",
    officeOf(`${POWERPOINT}.presentation.macroEnabled.main+xml`, ["ppt/vbaProject.bin"]),
    `${POWERPOINT}.presentation.macroenabled.12`,
  ],
  [
    "a drawing of Visio",
    officeOf("application/vnd.ms-visio.drawing.main+xml", ["visio/document.xml"]),
    "application/vnd.ms-visio.drawing",
  ],
  [
    "a document of Word that does not say so",
    officeOf("application/xml", ["word/document.xml"]),
    `${OFFICE}.wordprocessingml.document`,
  ],
  ["a model", officeOf("application/xml", ["3D/3dmodel.model"]), "model/3mf"],
  ["another package of parts", officeOf("application/xml", ["other/part"]), "application/zip"],
  ["a text of OpenDocument", declaredZip(`${ODF}.text`), `${ODF}.text`],
  ["a spreadsheet of OpenDocument", declaredZip(`${ODF}.spreadsheet`), `${ODF}.spreadsheet`],
  [
    "a template of OpenDocument",
    declaredZip(`${ODF}.presentation-template`),
    `${ODF}.presentation-template`,
  ],
  ["a book", declaredZip("application/epub+zip"), "application/epub+zip"],
  ["an archive that calls itself a picture", declaredZip("image/png"), "application/zip"],
  [
    "a Java archive",
    zipOf({ "META-INF/MANIFEST.MF": {}, "A.class": {} }),
    "application/java-archive",
  ],
  [
    "an Android package",
    zipOf({ "classes.dex": {}, "AndroidManifest.xml": {}, "META-INF/MANIFEST.MF": {} }),
    "application/vnd.android.package-archive",
  ],
  ["an app for iOS", zipOf({ "Payload/A.app/Info.plist": {} }), "application/x-ios-app"],
  ["places", zipOf({ "doc.kml": {} }), "application/vnd.google-earth.kmz"],
  ["an archive", zipOf({ "a.txt": { content: "hello" } }), "application/zip"],
  ["an archive with a comment", zipOf({ "a.txt": {} }, { comment: "hello" }), "application/zip"],
  [
    "a workbook in ZIP64",
    zipOf({ "xl/workbook.xml": {}, "[Content_Types].xml": {} }, { isZip64: true }),
    `${OFFICE}.spreadsheetml.sheet`,
  ],
  [
    "half an archive",
    zipOf({ "a.txt": { content: "x".repeat(200) } }).subarray(0, 120),
    "application/zip",
  ],
  [
    "a large document of Word",
    officeOf(
      `${OFFICE}.wordprocessingml.document.main+xml`,
      Array.from({ length: 600 }, (_, n) => `word/media/${n}.png`),
    ),
    `${OFFICE}.wordprocessingml.document`,
  ],
  ["an old document of Word", oleOf(["1Table", "WordDocument"]), "application/msword"],
  ["an old workbook", oleOf(["Workbook"]), "application/vnd.ms-excel"],
  ["a very old workbook", oleOf(["Book"]), "application/vnd.ms-excel"],
  ["old slides", oleOf(["Current User", "PowerPoint Document"]), "application/vnd.ms-powerpoint"],
  [
    "a message of Outlook",
    oleOf(["__nameid_version1.0", "__properties_version1.0"]),
    "application/vnd.ms-outlook",
  ],
  ["an installer", oleOf(["\u4840x"], INSTALLER.slice(0, 32)), "application/x-msi"],
  [
    "a compound file whose kind is far back in its directory",
    oleOf([...Array.from({ length: 20 }, (_, n) => `s${n}`), "WordDocument"]),
    "application/msword",
  ],
  ["another compound file", oleOf(["x"]), "application/x-cfb"],
  ["half a compound file", oleOf(["WordDocument"]).subarray(0, 600), "application/x-cfb"],
  ["a PDF", pdfOf(""), "application/pdf"],
  ["a PDF behind other bytes", Buffer.concat([hex("0001"), pdfOf("")]), "application/pdf"],
  ["a 7z archive", hex("377abcaf271c0004" + "00".repeat(40)), "application/x-7z-compressed"],
  [
    "a RAR archive",
    hex("526172211a0700cf907300000d00000000000000"),
    "application/x-rar-compressed",
  ],
];

/** Kinds of text. */
export const TEXTS: readonly Kind[] = [
  ["HTML", "<!DOCTYPE html><p>hi", "text/html"],
  ["HTML behind a comment and blanks", "\n  <!-- x -->\n<html>", "text/html"],
  ["HTML without a document type", "<script>alert(1)</script>", "text/html"],
  ["HTML in Latin-1", Buffer.from("<html><p>gr\xfc\xdfe", "latin1"), "text/html"],
  ["HTML in UTF-16", Buffer.from("\ufeff<html><p>x", "utf16le"), "text/html"],
  [
    "XHTML",
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html>',
    "application/xhtml+xml",
  ],
  ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"],
  [
    "SVG with a prefix",
    '<?xml version="1.0"?><s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
    "image/svg+xml",
  ],
  [
    "SVG behind a document type with entities",
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>',
    "image/svg+xml",
  ],
  ["XML", '<?xml version="1.0"?><note/>', "application/xml"],
  ["a feed", '<?xml version="1.0"?><rss version="2.0"/>', "application/rss+xml"],
  ["an Atom feed", '<?xml version="1.0"?><feed xmlns="x"/>', "application/atom+xml"],
  ["XSLT", '<?xml version="1.0"?><xsl:stylesheet version="1.0"/>', "application/xslt+xml"],
  ["a track", '<?xml version="1.0"?><gpx version="1.1"/>', "application/gpx+xml"],
  ["a comment that is open", "<!-- <html>", "text/plain"],
  ["text with an angle", "<3 you all", "text/plain"],
  ["JSON", '{"a": [1, -2.5e3, true, null, "\\u00e9\\n"]}', "application/json"],
  ["an array in JSON", "[]\n", "application/json"],
  [
    "JSON of many bytes",
    JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ n }))),
    "application/json",
  ],
  ["lines of JSON", '{"a":1}\n{"a":2}\n', "application/x-ndjson"],
  ["nearly JSON", '{"a": 1,}', "text/plain"],
  ["a number", "42", "text/plain"],
  ["a table", 'name,born\nAda,1815\n"Grace, H.",1906\n', "text/csv"],
  ["a table with semicolons", "a;b;c\r\n1;2;3\r\n4;5;6", "text/csv"],
  ["a table with tabs", "a\tb\n1\t2\n3\t4\n", "text/tab-separated-values"],
  [
    "a table of many bytes",
    `id,value\n${Array.from({ length: 9000 }, (_, n) => `${n},"v ${n}"`).join("\n")}`,
    "text/csv",
  ],
  [
    "lines with commas",
    "Roses are red, violets are blue\nSugar is sweet, and so\nare you, dear\n",
    "text/plain",
  ],
  ["two lines with commas", "a,b\n1,2\n", "text/plain"],
  ["a shell script", "#!/bin/sh\necho hi\n", "text/x-shellscript"],
  ["a script by env", "#!/usr/bin/env python3\nprint(1)\n", "text/x-python"],
  ["a script by env with options", "#!/usr/bin/env -S A=1 node --x\n1\n", "text/javascript"],
  ["a Perl script", "#! /usr/bin/perl -w\n", "text/x-perl"],
  ["a PHP page", "<?php echo 1;", "text/x-php"],
  ["a PHP script", "#!/usr/bin/php8.2\n", "text/x-php"],
  ["a Ruby script", "#!/usr/bin/ruby\n", "text/x-ruby"],
  ["another script", "#!/usr/bin/awk -f\n", "text/x-script"],
  ["a batch file", "@echo off\r\ndel *\r\n", "text/x-msdos-batch"],
  ["a shortcut", "[Desktop Entry]\nExec=sh\n", "application/x-desktop"],
  ["a link to a page", "[InternetShortcut]\r\nURL=file:///c:/x.exe\r\n", "application/x-mswinurl"],
  [
    "a message",
    "Received: from a\r\n by b\r\nFrom: a@example.com\r\nSubject: x\r\n\r\nhi",
    "message/rfc822",
  ],
  [
    "a mailbox",
    "From a@example.com Thu Jan  1 00:00:00 2026\nFrom: a\nTo: b\n\nhi",
    "application/mbox",
  ],
  [
    "a page that was saved",
    "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; x\r\n\r\n",
    "multipart/related",
  ],
  ["a note about a letter", "From: me\n\nDear all,", "text/plain"],
  ["Markdown", "# Title\n\n- a, b\n- c, d\n", "text/plain"],
  ["a style sheet", "body { color: red }", "text/plain"],
];
