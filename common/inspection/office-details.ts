import { countOf, type Details, detailsOf, shortText } from "./details.js";
import { BoundedSource, type ByteSource } from "./source.js";
import { readZip } from "./zip.js";

/** Whether {@link officeDetails} knows documents of a type. */
export const hasOfficeDetails = (type: string): boolean =>
  /officedocument|opendocument|macroenabled/.test(type);

/** What a document of Office Open XML or OpenDocument says of itself: its title, and how many pages, slides or sheets it has. */
export async function officeDetails(content: ByteSource): Promise<Details> {
  const zip = await readZip(new BoundedSource(content));
  if (zip === undefined) return {};
  const facts = await zip.text("docProps/app.xml");
  const core = await zip.text("docProps/core.xml");
  const meta = await zip.text("meta.xml");
  const sheets = zip.members.filter(({ name }) =>
    /^xl\/worksheets\/[^/]+\.(?:xml|bin)$/.test(name),
  );
  return detailsOf({
    title: titleIn(core) ?? titleIn(meta),
    pageCount: numberIn(facts, "Pages") ?? attributeIn(meta, "page-count"),
    slideCount: numberIn(facts, "Slides"),
    sheetCount: countOf(sheets.length) ?? attributeIn(meta, "table-count"),
  });
}

const numberIn = (xml: string, element: string) =>
  countOf(new RegExp(`<${element}>(\\d{1,9})</${element}>`).exec(xml)?.[1]);

const attributeIn = (xml: string, name: string) =>
  countOf(new RegExp(`meta:${name}="(\\d{1,9})"`).exec(xml)?.[1]);

const titleIn = (xml: string) => {
  const text = /<dc:title>([^<]{1,2000})<\/dc:title>/.exec(xml)?.[1];
  return shortText(
    text?.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? ""),
  );
};

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
