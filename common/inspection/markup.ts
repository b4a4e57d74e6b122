/** The elements with which HTML begins that has no document type (WHATWG MIME Sniffing §7.1), and some more. */
const HTML_ELEMENTS = new Set(
  "html head script iframe h1 h2 h3 div font table a style title b body br p meta link base img form span ul ol center embed object video audio input button details main section article nav".split(
    " ",
  ),
);

/** XML that has a type of its own, by its topmost element without a prefix. */
const XML_ELEMENTS: ReadonlyMap<string, string> = new Map([
  ["svg", "image/svg+xml"],
  ["html", "application/xhtml+xml"],
  ["stylesheet", "application/xslt+xml"],
  ["transform", "application/xslt+xml"],
  ["rss", "application/rss+xml"],
  ["feed", "application/atom+xml"],
  ["kml", "application/vnd.google-earth.kml+xml"],
  ["gpx", "application/gpx+xml"],
]);

/** What a name may be long, which bounds the search for its end. */
const ELEMENT = /^<([a-z_][\w.:-]{0,100})(?=[\s/>])/i;

/**
 * The type of text in HTML, SVG or XML: by its declaration, its document type or its first element.
 *
 * @returns `undefined` for other text.
 */
export function markupType(text: string): string | undefined {
  const start = text.trimStart();
  if (!start.startsWith("<")) return undefined;
  const isXml = /^<\?xml[\s?]/.test(start);
  const { doctype, rest } = withoutProlog(start);
  const root = doctype ?? ELEMENT.exec(rest)?.[1]?.toLowerCase();
  const name = root?.replace(/^[^:]*:/, "") ?? "";
  if (isXml) return XML_ELEMENTS.get(name) ?? "application/xml";
  if (name === "svg") return "image/svg+xml";
  return doctype === "html" || HTML_ELEMENTS.has(root ?? "") ? "text/html" : undefined;
}

interface Prolog {
  /** The name in the document type, in lower case. */
  readonly doctype: string | undefined;
  /** What comes behind comments, processing instructions and the document type. */
  readonly rest: string;
}

/** It looks for the end of each part once: the time does not depend on how parts are nested or left open. */
function withoutProlog(text: string): Prolog {
  let doctype: string | undefined;
  let rest = text;
  for (;;) {
    const end = endOfPart(rest);
    if (end === undefined) return { doctype, rest };
    doctype ??= /^<!doctype\s{1,100}([^\s>[]{1,100})/i.exec(rest)?.[1]?.toLowerCase();
    rest = rest.slice(end).trimStart();
  }
}

/** Where the part ends with which a text begins; `undefined` where it begins with none, or with one that is open. */
function endOfPart(text: string): number | undefined {
  const end = endMarkOf(text);
  if (end === undefined) return undefined;
  const at = text.indexOf(end, 2);
  return at === -1 ? undefined : at + end.length;
}

function endMarkOf(text: string): string | undefined {
  if (text.startsWith("<!--")) return "-->";
  if (text.startsWith("<?")) return "?>";
  if (!/^<!doctype\s/i.test(text)) return undefined;
  const internal = text.indexOf("[");
  return internal !== -1 && internal < text.indexOf(">") ? "]>" : ">";
}

/** What makes a browser run something of XML: a style sheet, or elements of XHTML, SVG or XSLT. Entities could hide each of them. */
const XML_ACTION =
  /<\?xml-stylesheet|http:\/\/www\.w3\.org\/(?:1999\/xhtml|2000\/svg|1999\/XSL\/Transform)|<!ENTITY|xmlns(?::[\w.-]{1,100})?\s{0,10}=\s{0,10}["'][^"'&]{0,200}&/i;

/** Whether a part of XML that is no HTML or SVG may have something in it that a browser runs. */
export const isXmlActive = (part: string): boolean => XML_ACTION.test(part);
