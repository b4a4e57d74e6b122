import type { Check, Finding } from "./finding.js";
import type { FoundPreview, FsckPreviewsRepository } from "./previews-repository.js";

/** Every preview belongs to a blob, and has its bytes. Previews are no content: they are made again when somebody asks for them. */
export class PreviewsCheck implements Check {
  readonly name = "previews";
  readonly #previews: FsckPreviewsRepository;

  constructor(previews: FsckPreviewsRepository) {
    this.#previews = previews;
  }

  count(): Promise<number> {
    return this.#previews.count();
  }

  keysAfter(after: string | null, limit: number): Promise<string[]> {
    return this.#previews.idsAfter(after, limit);
  }

  async inspect(key: string): Promise<Finding[]> {
    const preview = await this.#previews.find(key);
    if (preview === undefined) return [];
    const fault = faultOf(preview);
    return fault === undefined ? [] : [{ ...fault, id: preview.blobId, ownerId: null }];
  }

  async repair(key: string): Promise<string> {
    await this.#previews.remove(key);
    return "the preview was removed; it is made again when it is asked for";
  }
}

function faultOf(preview: FoundPreview): Pick<Finding, "kind" | "text"> | undefined {
  const { hasBlob, sizeBytes, storedBytes } = preview;
  if (!hasBlob) return { kind: "preview-without-blob", text: "a preview of it is left" };
  if (storedBytes === sizeBytes) return undefined;
  const has = storedBytes === undefined ? "no bytes" : `${storedBytes} bytes`;
  return { kind: "damaged-preview", text: `a preview of it has ${has} instead of ${sizeBytes}` };
}
