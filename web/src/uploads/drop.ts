import type { Chosen, Selection } from "./chosen.js";

type Path = readonly string[];

interface Found {
  readonly files: Chosen[];
  readonly emptyFolders: Path[];
  readonly unreadable: Path[];
}

/**
 * Reads what was dropped, with all that dropped folders hold. Call it while the event is handled: the browser forgets later what was
 * dropped.
 */
export async function readDrop({ items, files }: DataTransfer): Promise<Selection> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((item) => item !== null);
  const found: Found = { files: [], emptyFolders: [], unreadable: [] };
  if (entries.length === 0) return readInput(files);
  await readAll(entries, { path: [], found });
  return found;
}

/** What an `<input type="file">` has, with or without `webkitdirectory`. */
export function readInput(files: Iterable<File>): Selection {
  const chosen = Array.from(files, (file) => ({
    file,
    path: file.webkitRelativePath.split("/").slice(0, -1),
  }));
  return { files: chosen, emptyFolders: [], unreadable: [] };
}

interface Where {
  readonly path: Path;
  readonly found: Found;
}

async function readAll(entries: readonly FileSystemEntry[], where: Where): Promise<void> {
  const { path, found } = where;
  const read = await Promise.all(entries.filter(isFile).map((entry) => readFile(entry, where)));
  found.files.push(...read.filter((chosen) => chosen !== null));
  for (const folder of entries.filter(isFolder)) {
    await readFolder(folder, { path: [...path, folder.name], found });
  }
}

async function readFolder(folder: FileSystemDirectoryEntry, where: Where): Promise<void> {
  const reader = folder.createReader();
  let isEmpty = true;
  for (;;) {
    // Each call gives about 100 of them, and the last one none.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    }).catch(() => null);
    if (entries === null) where.found.unreadable.push(where.path);
    if (entries === null || entries.length === 0) break;
    isEmpty = false;
    await readAll(entries, where);
  }
  if (isEmpty && !where.found.unreadable.includes(where.path)) {
    where.found.emptyFolders.push(where.path);
  }
}

async function readFile(entry: FileSystemFileEntry, { path, found }: Where) {
  try {
    const file = await new Promise<File>((resolve, reject) => {
      entry.file(resolve, reject);
    });
    return { file, path };
  } catch {
    found.unreadable.push([...path, entry.name]);
    return null;
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
