import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { zipOf } from "../../support/made-documents.js";
import { docxOf, MESSAGE, odtOf, pdfOfPages, pptxOf, xlsxOf } from "../../support/made-texts.js";
import { useWorld } from "../../support/use-world.js";
import { found, storedIn } from "./indexed.js";

const world = useWorld({ contentSearch: "on" });

const stored = (content: Buffer | string) => storedIn(world(), content);

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

const HTML = `<!doctype html><title>Sommer</title><style>.styleword{}</style><script>var scriptword = "<b>";</script>
<p title="attributeword">Ein <b>Gl&uuml;hw</b>&uuml;rmchen &#x2013; gr&#252;n<br>leuchtend</p><!-- commentword -->`;

/** What is stored, words by which it is found, and words that it has not as words. */
const CONTENTS: readonly (readonly [
  kind: string,
  content: Buffer | string,
  words: readonly string[],
  others: readonly string[],
])[] = [
  [
    "text in UTF-8",
    "Der Igel; naïve Straße!",
    ["igel", "NAIVE igel", "strasse", "straße"],
    ["ige", "igels"],
  ],
  ["text in UTF-16", utf16("Zwölf Boxkämpfer"), ["boxkampfer", "zwolf"], ["box"]],
  [
    "text in Windows-1252",
    Buffer.from("Une cr\xeape, s'il vous pla\xeet", "latin1"),
    ["crepe", "plait"],
    ["pla"],
  ],
  ["text without spaces", "今日は東京で猫を見た。", ["東京", "猫"], ["犬"]],
  [
    "Markdown",
    "# Einkauf\n\n- **Milch**\n- `Brot_Butter`",
    ["einkauf milch", "brot"],
    ["brotbutter"],
  ],
  ["JSON", '{"name": "Rakete", "stufen": [1, 22]}', ["rakete stufen", "22"], ["name1"]],
  ["CSV", "Vorname;Ort\nMaria;Ulm\nJosef;Bonn\n", ["ulm josef"], ["ulmjosef"]],
  ["source code", "#!/bin/sh\nrsync --delete $QUELLE ziel/\n", ["rsync quelle"], ["quelleziel"]],
  [
    "HTML",
    HTML,
    ["sommer", "gluhwurmchen", "grun", "leuchtend"],
    ["scriptword", "styleword", "commentword", "attributeword", "title"],
  ],
  [
    "XML",
    '<?xml version="1.0"?><a><b>Erd</b><b>nuss</b><![CDATA[<Mandel>]]></a>',
    ["erd nuss", "mandel"],
    ["erdnuss"],
  ],
  [
    "Word",
    docxOf([["Bundes", "kanzler"], ["Tee & Kaffee"]]),
    ["bundeskanzler", "tee kaffee"],
    ["removedword", "bundes", "kanzlertee"],
  ],
  [
    "Excel",
    xlsxOf([["Umsatz", "steuer"], ["Quartal"]], "Zelle"),
    ["umsatzsteuer quartal", "zelle"],
    ["steuerquartal"],
  ],
  ["PowerPoint", pptxOf(["Vision", "Fazit"]), ["vision fazit"], ["visionfazit"]],
  [
    "OpenDocument",
    odtOf([["Land", "karte"], ["Kompass"]]),
    ["landkarte kompass"],
    ["removedword", "land"],
  ],
  [
    "EPUB",
    zipOf({
      mimetype: { content: "application/epub+zip" },
      "a/1.xhtml": { content: "<html><p>Drachen</p></html>", isDeflated: true },
    }),
    ["drachen"],
    ["html"],
  ],
  ["PDF", pdfOfPages(["Der Leuchtturm", "am Ende der Welt"]), ["leuchtturm welt"], ["leucht"]],
  [
    "a message",
    MESSAGE,
    ["jurgen geburtstagsfeier", "einladung fur samstag", "kuchen"],
    ["attachedword", "uchen", "multipart"],
  ],
];

describe("GET /search?content= finds the words of", () => {
  const rows = CONTENTS.map(
    ([kind, content, words, others]) => [kind, { content, words, others }] as const,
  );

  test.each(rows)("%s", async (_, { content, words, others }) => {
    const { client, step } = await stored(content);

    expect(step).toMatchObject({ step: "index", outcome: "done", reason: null });
    for (const word of words)
      expect([word, await found(client, { content: word })]).toEqual([word, ["file"]]);
    for (const word of others)
      expect([word, await found(client, { content: word })]).toEqual([word, []]);
  });

  test("a document whose end is damaged, up to there, and survives any damage", async () => {
    const client = await world().member();
    const whole = docxOf([["Anfang "], Array<string>(2000).fill("langerText"), ["Ende"]]);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 20,
    });
    const documents = fc.sample(damage, 30).map((faults) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of faults) bytes[at] = value;
      return bytes;
    });

    for (const [n, bytes] of documents.entries()) await client.store(`damaged ${n}`, bytes);
    await client.store("whole", whole);
    await world().settle();

    expect(await found(client, { content: "anfang" })).toContain("whole");
    const { items } = (await client.get("/api/v1/search?limit=1000")).json;
    expect(items.filter(({ state }) => state === "ready")).toHaveLength(31);
  });
});
