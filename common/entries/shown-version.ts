import type { FileEntry } from "./entry.js";

/** What a file shows of what the pipeline has found about its version. */
export type InspectionShown = Pick<FileEntry, "type" | "encoding" | "isActiveContent" | "state"> & {
  readonly hasPreview: boolean;
};

/** What a file shows of its current version. */
export type ShownVersion = InspectionShown &
  Pick<
    FileEntry,
    | "versionId"
    | "blobId"
    | "sizeBytes"
    | "sha256"
    | "crc32"
    | "claimedType"
    | "updatedAt"
    | "modifiedAt"
  >;
