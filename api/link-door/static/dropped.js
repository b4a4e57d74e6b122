/** The files of what people choose and drop. */

/** Files that were chosen, one by one or with their folder. */
export const chosenFiles = (files) =>
  Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));

/**
 * Files that were dropped, and those of folders that were dropped, some at a time: a folder may have thousands. The browser
 * forgets what was dropped when the event is over, so this is called before that.
 *
 * @returns Steps with `sources`, with the path of an `emptyFolder`, or of something `unreadable`.
 */
export function droppedFiles({ items, files }) {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.() ?? null);
  const known = entries.filter((entry) => entry !== null);
  return known.length === 0 ? only(chosenFiles(files)) : walkAll(known);
}

async function* only(sources) {
  if (sources.length > 0) yield { sources };
}

async function* walkAll(entries) {
  const files = entries.filter(({ isFile }) => isFile);
  const sources = [];
  for (const entry of files) {
    try {
      sources.push({ file: await fileOf(entry), path: pathOf(entry) });
    } catch {
      yield { unreadable: pathOf(entry) };
    }
  }
  if (sources.length > 0) yield { sources };
  for (const entry of entries) if (entry.isDirectory) yield* walkFolder(entry);
}

async function* walkFolder(folder) {
  const reader = folder.createReader();
  let isEmpty = true;
  for (;;) {
    let entries;
    try {
      // Each call gives some of them, and the last one none.
      entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    } catch {
      yield { unreadable: pathOf(folder) };
      return;
    }
    if (entries.length === 0) break;
    isEmpty = false;
    yield* walkAll(entries);
  }
  if (isEmpty) yield { emptyFolder: pathOf(folder) };
}

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

const pathOf = ({ fullPath }) => fullPath.replace(/^\//, "");
