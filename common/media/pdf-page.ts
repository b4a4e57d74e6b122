import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The longer side of a page, in pixels. */
const LONGEST = 1024;

/** An optional package. It brings its own canvas; with another one it fails. */
const PACKAGE = "pdfjs-dist/legacy/build/pdf.mjs";

/** The package that renders pages is not installed. */
export class NoPdfError extends Error {}

/** What is used of the package. */
interface PdfPackage {
  readonly getDocument: (options: object) => {
    readonly promise: Promise<PdfDocument>;
    destroy(): Promise<void>;
  };
}

interface PdfDocument {
  getPage(n: number): Promise<PdfPage>;
  readonly canvasFactory: { create(width: number, height: number): { readonly canvas: Canvas } };
}

interface PdfPage {
  getViewport(options: { readonly scale: number }): Viewport;
  render(options: { readonly canvas: Canvas; readonly viewport: Viewport }): {
    readonly promise: Promise<void>;
  };
}

interface Viewport {
  readonly width: number;
  readonly height: number;
}

interface Canvas {
  toBuffer(type: "image/png"): Buffer;
}

/**
 * The first page of a PDF document, as a PNG. Scripts in it are not run.
 *
 * @throws {@link NoPdfError} where the package is missing, and whatever it throws for damaged and encrypted documents.
 */
export async function pdfPage(bytes: Uint8Array, maxPixels: number): Promise<Buffer> {
  const { getDocument } = await importPackage();
  const loading = getDocument({
    data: new Uint8Array(bytes),
    isEvalSupported: false,
    enableXfa: false,
    maxImageSize: maxPixels,
    verbosity: 0,
    ...filesOf(new URL("./", import.meta.resolve(PACKAGE))),
  });
  try {
    const document = await loading.promise;
    const page = await document.getPage(1);
    const { width, height } = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: LONGEST / Math.max(width, height, 1) });
    const { canvas } = document.canvasFactory.create(
      Math.max(1, Math.round(viewport.width)),
      Math.max(1, Math.round(viewport.height)),
    );
    await page.render({ canvas, viewport }).promise;
    return canvas.toBuffer("image/png");
  } finally {
    await loading.destroy();
  }
}

/** The fonts that documents need not bring, and what decodes their text and images. */
function filesOf(build: URL) {
  const folder = fileURLToPath(new URL("../../", build));
  return {
    standardFontDataUrl: `${folder}standard_fonts/`,
    cMapUrl: `${folder}cmaps/`,
    cMapPacked: true,
    wasmUrl: `${folder}wasm/`,
  };
}

/** Whether the optional package is there. It is not loaded. */
export function isPdfInstalled(): boolean {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(PACKAGE)));
  } catch {
    return false;
  }
}

async function importPackage(): Promise<PdfPackage> {
  try {
    return (await import(PACKAGE)) as PdfPackage;
  } catch (cause) {
    throw new NoPdfError("pdfjs-dist cannot be imported", { cause });
  }
}
