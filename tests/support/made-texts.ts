import { deflateSync } from "node:zlib";
import { declaredZip, zipOf } from "./made-documents.js";

/** What a document says: each paragraph is a list of runs of letters, which stand side by side. */
type Paragraphs = readonly (readonly string[])[];

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const typesOf = (main: string) =>
  `<Types><Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.${main}.main+xml"/></Types>`;

const deflated = (content: string) => ({ content, isDeflated: true });

/** A document of Word. */
export function docxOf(paragraphs: Paragraphs, more: Parameters<typeof zipOf>[0] = {}): Buffer {
  const runs = (texts: readonly string[]) =>
    texts
      .map(
        (text) =>
          `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`,
      )
      .join("");
  const body = paragraphs.map((texts) => `<w:p>${runs(texts)}</w:p>`).join("");
  const deleted = "<w:p><w:del><w:r><w:delText>removedword</w:delText></w:r></w:del></w:p>";
  return zipOf({
    "[Content_Types].xml": deflated(typesOf("wordprocessingml.document")),
    "word/document.xml": deflated(
      `<?xml version="1.0"?><w:document><w:body>${body}${deleted}</w:body></w:document>`,
    ),
    ...more,
  });
}

/** A workbook of Excel: shared strings, and a cell with a string of its own. */
export function xlsxOf(paragraphs: Paragraphs, inline: string): Buffer {
  const strings = paragraphs.map(
    (texts) => `<si>${texts.map((text) => `<r><t>${escaped(text)}</t></r>`).join("")}</si>`,
  );
  return zipOf({
    "[Content_Types].xml": deflated(typesOf("spreadsheetml.sheet")),
    "xl/sharedStrings.xml": deflated(`<sst>${strings.join("")}</sst>`),
    "xl/worksheets/sheet1.xml": deflated(
      `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>${inline}</t></is></c></row></sheetData></worksheet>`,
    ),
  });
}

/** A presentation of PowerPoint with one text on each slide. */
export function pptxOf(slides: readonly string[]): Buffer {
  const members = slides.map(
    (text, n) =>
      [
        `ppt/slides/slide${n + 1}.xml`,
        deflated(`<p:sld><a:p><a:r><a:t>${escaped(text)}</a:t></a:r></a:p></p:sld>`),
      ] as const,
  );
  return zipOf({
    "[Content_Types].xml": deflated(typesOf("presentationml.presentation")),
    ...Object.fromEntries(members),
  });
}

/** A document of OpenDocument. */
export function odtOf(paragraphs: Paragraphs): Buffer {
  const body = paragraphs
    .map(
      (texts) =>
        `<text:p>${texts.map((text) => `<text:span>${escaped(text)}</text:span>`).join("")}</text:p>`,
    )
    .join("");
  return declaredZip("application/vnd.oasis.opendocument.text", {
    "content.xml": deflated(
      `<office:document-content><office:body><text:tracked-changes><text:p>removedword</text:p></text:tracked-changes>${body}</office:body></office:document-content>`,
    ),
  });
}

/** A PDF with one line on each page. */
export function pdfOfPages(lines: readonly string[]): Buffer {
  const kids = lines.map((_, n) => `${10 + 2 * n} 0 R`).join(" ");
  const parts = [
    "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
    `2 0 obj<</Type/Pages/Kids[${kids}]/Count ${lines.length}>>endobj\n`,
    "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n",
    ...lines.map((line, n) => pdfPage(line, 10 + 2 * n)),
    "trailer<</Root 1 0 R>>\n%%EOF\n",
  ];
  return Buffer.from(parts.join(""), "latin1");
}

function pdfPage(line: string, id: number): string {
  const text = deflateSync(Buffer.from(`BT /F1 12 Tf 20 50 Td (${line}) Tj ET`, "latin1"));
  const page = `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 100]/Contents ${id + 1} 0 R/Resources<</Font<</F1 3 0 R>>>>>>`;
  const stream = `<</Length ${text.length}/Filter/FlateDecode>>stream\n${text.toString("latin1")}\nendstream`;
  return `${id} 0 obj${page}endobj\n${id + 1} 0 obj${stream} endobj\n`;
}

/** A message with a plain part in quoted-printable, an HTML part in base64, and an attachment. */
export const MESSAGE = [
  "From: =?UTF-8?Q?J=C3=BCrgen?= <juergen@example.org>",
  "To: maria@example.org",
  "Subject: =?UTF-8?B?R2VidXJ0c3RhZ3NmZWllcg==?=",
  "Date: Tue, 01 Dec 2026 06:00:00 +0000",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="outer"',
  "",
  "--outer",
  'Content-Type: multipart/alternative; boundary="inner"',
  "",
  "--inner",
  "Content-Type: text/plain; charset=iso-8859-1",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Die Einla=",
  "dung ist f=FCr Samstag",
  "--inner",
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from("<p>Bring <b>K</b>uchen mit</p>").toString("base64"),
  "--inner--",
  "--outer",
  "Content-Type: text/plain; name=note.txt",
  "Content-Disposition: attachment; filename=note.txt",
  "",
  "attachedword",
  "--outer--",
  "",
].join("\r\n");
