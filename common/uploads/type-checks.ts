import { findType } from "../inspection/inspect.js";
import type { ByteSource } from "../inspection/source.js";
import { hasTypeRules, isOfType, isTypeAllowed, type TypeRules } from "../inspection/type-rules.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import { TypeNotAllowedError } from "./link-errors.js";
import type { UploadDoc } from "./upload.js";

interface Deps {
  readonly blobs: Pick<BlobStore, "commit" | "find" | "read">;
  readonly rules: TypeRules;
}

/**
 * Holds contents to the types that the installation, and the link by which they come, let in. It looks at what was stored before it is published, and
 * only where there is a rule. What is published some other way is refused by the pipeline.
 */
export class TypeChecks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Commits content that came in one request. @throws TypeNotAllowedError */
  async commit(upload: UploadDoc, received: WrittenBlob): Promise<void> {
    await this.#deps.blobs.commit(upload, received);
    await this.check(upload);
  }

  /** Looks at content that is stored and not published yet. @throws TypeNotAllowedError */
  async check({ byLink, blobId }: Pick<UploadDoc, "byLink" | "blobId">): Promise<void> {
    const { blobs, rules } = this.#deps;
    const types = byLink?.limits?.types ?? null;
    if (types === null && !hasTypeRules(rules)) return;
    const blob = await blobs.find(blobId);
    if (blob === undefined) return;
    const { sizeBytes } = blob;
    const type = await findType({ sizeBytes, read: (window) => blobs.read(blob, window) });
    this.#requireStored(type);
    if (types !== null && !types.some((allowed) => isOfType(type, allowed))) {
      throw new TypeNotAllowedError(type, types);
    }
  }

  /** Looks at content of no link that is in memory still. @throws TypeNotAllowedError */
  async checkBuffered(pieces: readonly Buffer[]): Promise<void> {
    if (!hasTypeRules(this.#deps.rules)) return;
    this.#requireStored(await findType(inMemory(Buffer.concat(pieces))));
  }

  #requireStored(type: string): void {
    if (!isTypeAllowed(type, this.#deps.rules)) throw new TypeNotAllowedError(type, null);
  }
}

const inMemory = (content: Buffer): ByteSource => ({
  sizeBytes: content.length,
  read: ({ first, last }) => [content.subarray(first, last + 1)],
});
