import { Binary, Long } from "mongodb";
import type { StoredText, TextExtents, TextKey, TextParts } from "../archive.js";

/** Where texts lie in the archive. */
const PATHS: Readonly<Record<TextKey, string>> = {
  readme: "README.txt",
  account: "metadata/account.json",
  credentials: "metadata/credentials.json",
  files: "metadata/files.ndjson",
  folders: "metadata/folders.ndjson",
  mounts: "metadata/mounts.ndjson",
  trash: "metadata/trash.ndjson",
  versions: "metadata/versions.ndjson",
  links: "metadata/links.ndjson",
  linkUses: "metadata/link-log.ndjson",
  audit: "metadata/audit.ndjson",
};

/** The parts of texts that one page gets. */
export class PageTexts {
  readonly #parts = new Map<TextKey, Buffer[]>();
  #bytes = 0;

  /** Of all parts. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns How many bytes it takes. */
  add(key: TextKey, text: string): number {
    const bytes = Buffer.from(text);
    this.#parts.set(key, [...(this.#parts.get(key) ?? []), bytes]);
    this.#bytes += bytes.length;
    return bytes.length;
  }

  /** Adds a line of JSON. @returns How many bytes it takes. */
  addLine(key: TextKey, line: object): number {
    return this.add(key, `${JSON.stringify(line)}\n`);
  }

  parts(): TextParts {
    const joined = [...this.#parts].map(
      ([key, parts]) => [key, new Binary(Buffer.concat(parts))] as const,
    );
    return Object.fromEntries(joined);
  }
}

/** A text that gets no more parts, as a member. */
export function textMember(key: TextKey, extents: TextExtents, modifiedAt: Date): StoredText {
  const { sizeBytes = Long.ZERO, crc32 = 0 } = extents[key] ?? {};
  return { kind: "text", path: PATHS[key], modifiedAt, key, sizeBytes, crc32 };
}
