/** A file, folder or mount, as the API lists it; see `openapi/components/schemas/files.yaml`, `folders.yaml` and `mounts.yaml`. */
export type Entry = FileEntry | FolderEntry | MountEntry | TrashedEntry;

interface Common {
  readonly id: string;
  readonly name: string;
  readonly path: string | null;
  readonly tags: readonly string[];
  readonly description: string;
  readonly isFavourite: boolean;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

export interface FileEntry extends Common {
  readonly kind: "file";
  readonly folderId: string;
  readonly sizeBytes: number;
  /** What the content was found to be; `null` where nothing is known yet. */
  readonly type: string | null;
  readonly state: "processing" | "ready" | "quarantined" | "failed";
  readonly sha256: string;
  readonly etag: string;
  readonly versionId: string;
  readonly modifiedAt: string;
  readonly links: {
    readonly content: string;
    readonly metadata: string;
    /** Its small pictures, with `?size=64`, `256` or `1024`; `null` if there are none. */
    readonly preview: string | null;
  };
}

export interface FolderEntry extends Common {
  readonly kind: "folder";
  readonly parentId: string | null;
  readonly links: { readonly metadata: string; readonly children: string };
}

/** A file or folder in the trash. Its times are when it was put there, and when it is removed for good. */
export interface TrashedEntry extends Common {
  readonly kind: "trashed";
  readonly was: "file" | "folder";
  readonly sizeBytes: number;
  readonly type: string | null;
  readonly folderId: null;
  readonly links: { readonly metadata: string };
}

/** A name for what another account shares. */
export interface MountEntry extends Common {
  readonly kind: "mount";
  readonly folderId: string;
  /** `null` if it is not shared any more. */
  readonly target: {
    readonly id: string;
    readonly kind: "file" | "folder";
    readonly name: string;
  } | null;
}
