import { createHash, randomBytes } from "node:crypto";
import sharp from "sharp";
import { MARKER } from "../support/clamd.js";
import { officeOf, pdfOf } from "../support/made-documents.js";

/** A content, and what has to become of it. */
export interface MixedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly state: "ready" | "quarantined";
  /** What it is found to be. */
  readonly type: string;
  readonly hasPreview: boolean;
}

type Made = Pick<MixedFile, "bytes" | "type"> & Partial<MixedFile>;

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const DOCX_MAIN = `${DOCX}.main+xml`;

/** Each content is another one, so that each has to be looked at. */
const KINDS: Readonly<Record<string, (n: number) => Made | Promise<Made>>> = {
  jpg: async () => ({ bytes: await photo(), type: "image/jpeg", hasPreview: true }),
  png: async (n) => ({ bytes: await square(n), type: "image/png", hasPreview: true }),
  pdf: (n) => ({ bytes: pdfOf(`% ${n}`), type: "application/pdf" }),
  docx: (n) => ({ bytes: officeOf(DOCX_MAIN, [`word/${n}.xml`]), type: DOCX }),
  txt: (n) => ({ bytes: Buffer.from(`Line ${n}\n`.repeat(50)), type: "text/plain" }),
  bin: () => ({
    bytes: Buffer.concat([Buffer.alloc(4), randomBytes(40_000)]),
    type: "application/octet-stream",
  }),
  virus: (n) => ({
    bytes: Buffer.from(`${n} ${MARKER}\n`),
    type: "text/plain",
    state: "quarantined",
  }),
};

const NAMES = Object.keys(KINDS);

/** The file of a number: the kinds come in turns. */
export async function mixedFile(n: number): Promise<MixedFile> {
  const kind = NAMES[n % NAMES.length] ?? "";
  const made = await KINDS[kind]?.(n);
  if (made === undefined) throw new Error(`There is no kind ${kind}`);
  const sha256 = createHash("sha256").update(made.bytes).digest("hex");
  return { state: "ready", hasPreview: false, ...made, name: `${n}.${kind}`, sha256 };
}

/** Noise does not become smaller: some 100 KB. */
const photo = () =>
  sharp(randomBytes(3 * 300 * 200), { raw: { width: 300, height: 200, channels: 3 } })
    .jpeg()
    .toBuffer();

const square = (n: number) =>
  sharp({ create: { width: 10 + n, height: 10, channels: 3, background: "red" } })
    .png()
    .toBuffer();
