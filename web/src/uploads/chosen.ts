/** A file that somebody wants to upload. */
export interface Chosen {
  readonly file: File;
  /** The names of the folders above it, from the one that it was chosen with. */
  readonly path: readonly string[];
}

/** All that somebody has chosen, dropped or pasted at once. */
export interface Selection {
  readonly files: readonly Chosen[];
  /** The paths of folders that hold nothing. */
  readonly emptyFolders: readonly (readonly string[])[];
  /** The paths of what the browser could not read. */
  readonly unreadable: readonly (readonly string[])[];
}
