import sharp from "sharp";
import { decodeText } from "../inspection/text.js";

/** A page of the format A4, in pixels. */
const PAGE = { width: 724, height: 1024 };
const MARGIN = 48;
const DPI = 96;
const FONT = "monospace 10";

/** More does not fit on the page. */
const MOST_LINES = 70;
const MOST_CHARACTERS = 400;

/**
 * The first page of a text, as a picture; `undefined` for what is no text.
 *
 * @throws {@link NoFontsError} where the machine has no fonts: there would be boxes instead of letters.
 */
export async function textPage(bytes: Uint8Array): Promise<Buffer | undefined> {
  const decoded = decodeText(Buffer.from(bytes), false);
  if (decoded === undefined) return undefined;
  if (!(await hasFonts())) throw new NoFontsError("The machine has no fonts");
  const white = sharp({ create: { ...PAGE, channels: 3, background: "white" } });
  const lines = await renderedLines(linesOf(decoded.text));
  const page = lines === undefined ? white : white.composite([lines]);
  return page.png({ compressionLevel: 1 }).toBuffer();
}

/** The machine has no fonts. */
export class NoFontsError extends Error {}

function linesOf(text: string): string {
  return (
    text
      .split(/\r\n|[\r\n\f]/, MOST_LINES)
      .map((line) => Array.from(line.slice(0, 2 * MOST_CHARACTERS)).slice(0, MOST_CHARACTERS))
      .map((line) => line.join("").replaceAll("\t", "    ").trimEnd())
      .join("\n")
      // Neither is allowed in Pango's markup.
      .replace(/[\p{Cc}\p{Cs}]/gu, (character) => (character === "\n" ? "\n" : ""))
  );
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

async function renderedLines(text: string) {
  if (text.trim() === "") return undefined;
  const room = { width: PAGE.width - 2 * MARGIN, height: PAGE.height - 2 * MARGIN };
  const rendered = await sharp({
    text: {
      text: escaped(text),
      font: FONT,
      dpi: DPI,
      width: room.width,
      wrap: "word-char",
      rgba: true,
    },
  })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const width = Math.min(rendered.info.width, room.width);
  const height = Math.min(rendered.info.height, room.height);
  const input = await sharp(rendered.data).extract({ left: 0, top: 0, width, height }).toBuffer();
  return { input, left: MARGIN, top: MARGIN };
}

/**
 * Whether the machine has fonts. A private character is in no font: if letters are as large as its box, they are boxes, too.
 */
export async function hasFonts(): Promise<boolean> {
  const [letter, box] = await Promise.all([sizeOf("W"), sizeOf("\uE001")]);
  return letter !== box;
}

async function sizeOf(text: string): Promise<string> {
  const options = { text, font: FONT, dpi: DPI, rgba: true };
  const { info } = await sharp({ text: options }).png().toBuffer({ resolveWithObject: true });
  return `${info.width}x${info.height}`;
}
