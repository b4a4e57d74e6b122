/** A file or folder of an archive. */
export interface Member {
  readonly kind: "file" | "folder";
  /** From the top of the archive, with slashes between names; at most 65,534 bytes in UTF-8, and without one at the end. */
  readonly path: string;
  /** Of the content; 0 for a folder. */
  readonly sizeBytes: number;
  /** Of the content, unsigned; 0 for a folder. */
  readonly crc32: number;
  readonly modifiedAt: Date;
}

/** The path as archives have it: a folder's ends with a slash. */
export const pathBytes = ({ kind, path }: Member): Buffer =>
  Buffer.from(kind === "folder" ? `${path}/` : path);
