import type { MediaOutcome, MediaTask } from "./task.js";

/** So much text is read, in UTF-16 code units, of so many pages. */
const MOST_CHARACTERS = 1024 ** 2;
const MOST_PAGES = 2000;

/** Reads the text of a PDF, from its first page on. Scripts in it are not run. */
export async function readText({ type, bytes }: MediaTask): Promise<MediaOutcome<"text">> {
  if (type !== "application/pdf") return { outcome: "unsupported" };
  try {
    return { outcome: "done", answer: await pdfText(bytes) };
  } catch {
    return { outcome: "invalid", reason: "the content is damaged" };
  }
}

async function pdfText(bytes: Uint8Array): Promise<string> {
  // Seldom needed: it is loaded when it is.
  const { getDocumentProxy } = await import("unpdf");
  const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    const pages: string[] = [];
    let left = MOST_CHARACTERS;
    for (let n = 1; n <= Math.min(document.numPages, MOST_PAGES) && left > 0; n += 1) {
      const page = await document.getPage(n);
      const { items } = await page.getTextContent();
      const texts = items.map((item) =>
        "str" in item ? item.str + (item.hasEOL ? "\n" : "") : " ",
      );
      const text = texts.join("").slice(0, left);
      pages.push(text);
      left -= text.length;
      page.cleanup();
    }
    return pages.join("\n");
  } finally {
    await document.destroy();
  }
}
