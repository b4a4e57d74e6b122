import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { documentText } from "../../../common/content-index/document-text.js";
import { mailText } from "../../../common/content-index/mail-text.js";
import {
  decodeEntities,
  HTML,
  markupText,
  OFFICE,
  XML,
} from "../../../common/content-index/markup-text.js";
import { MESSAGE } from "../../support/made-texts.js";

describe("The text of markup", () => {
  test.each([
    ["<p>a<b>b</b>c<p>d", "abc d"],
    ["a < b > c &amp; d &lt;e&gt; &auml;&szlig;&#65;&#x42;&unknown;", "a b > c & d <e> aßAB"],
    ["<script>x</SCRIPT>y<style>z", "y"],
    ["<!-- <p>no --><![CDATA[<yes>]]><?no ?><!DOCTYPE no>", "<yes>"],
    ["text <unfinished", "text"],
    ["text <!-- unfinished", "text"],
    ["&#99999999; &#1114112; &#x110000;", "&#99999999;"],
  ])("%j is %j", (markup, text) => {
    expect(markupText(markup, HTML).replace(/\s+/g, " ").trim()).toBe(text);
  });

  test("of Office has runs as they stand, and nothing but them", () => {
    const markup =
      "<w:p><w:t>a</w:t><w:x>no</w:x><w:t/>no<w:t>b</w:t></w:p><w:p><w:t>c</w:t></w:p>";

    expect(markupText(markup, OFFICE).trim().split(/\s+/)).toEqual(["ab", "c"]);
  });

  test("is there for any text, without time that grows faster than the text", () => {
    const part = fc.constantFrom(
      "<",
      ">",
      "</",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<script>",
      "<p ",
      "&",
      "&#",
      ";",
      "x",
      '"',
      "/>",
      "?",
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 50 }),
        fc.integer({ min: 1, max: 400 }),
        (parts, times) => {
          const markup = parts.join("").repeat(times);
          for (const form of [HTML, XML, OFFICE])
            expect(markupText(markup, form).length).toBeLessThanOrEqual(2 * markup.length + 1);
          expect(typeof decodeEntities(markup)).toBe("string");
        },
      ),
    );
  });
});

describe("The text of a document", () => {
  test("is there for any bytes", async () => {
    const type = "application/vnd.oasis.opendocument.text";
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const content = Buffer.concat([
          Buffer.from("PK\x03\x04"),
          bytes,
          Buffer.from("PK\x05\x06"),
          bytes,
        ]);
        const read = ({ first, last }: { first: number; last: number }) => [
          content.subarray(first, last + 1),
        ];
        const texts: string[] = [];
        for await (const text of documentText(type, { sizeBytes: content.length, read }))
          texts.push(text);
        expect(texts.join("").length).toBeLessThanOrEqual(2 * content.length);
      }),
    );
  });
});

describe("The text of a message", () => {
  test("is there whatever is cut out of it, and whatever its lines end with", () => {
    const lines = MESSAGE.split("\r\n");
    fc.assert(
      fc.property(fc.subarray(lines), fc.constantFrom("\n", "\r\n"), (kept, end) => {
        const text = [...mailText(Buffer.from(kept.join(end)))].join(" ");
        expect(text.length).toBeLessThanOrEqual(4 * MESSAGE.length);
      }),
    );
    expect([...mailText(Buffer.from(MESSAGE.replaceAll("\r\n", "\n")))].join(" ")).toContain(
      "Einladung ist für",
    );
  });

  test("in a charset that nobody knows is read as UTF-8", () => {
    const message = "From: a\nContent-Type: text/plain; charset=x-nobody\n\nköstlich";

    expect([...mailText(Buffer.from(message))].join(" ")).toContain("köstlich");
  });

  test("nested without end is read as deep as is allowed", () => {
    const level = (n: number) => `Content-Type: multipart/mixed; boundary=b${n}x\n\n--b${n}x\n`;
    const message = `From: a\n${Array.from({ length: 200 }, (_, n) => level(n)).join("")}\ndeep`;

    expect([...mailText(Buffer.from(message))].join(" ")).not.toContain("deep");
  });
});
