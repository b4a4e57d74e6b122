import { effect } from "@preact/signals";
import { ask } from "../http/api.js";
import { type Account, me } from "../session/session.js";
import type { Chosen, Selection } from "./chosen.js";
import { askAboutConflicts, askAboutQuota, type Decision } from "./questions.js";
import { keyOf, recall } from "./remembered.js";
import { Queue } from "./sending-queue.js";
import { TargetFolders } from "./target-folders.js";
import { isSmall, Upload } from "./upload.js";
import { breathe } from "./waiting.js";

/** After so many files of a selection the page gets its turn. */
const FILES_PER_TURN = 100;

/** The files that this page sends. */
export const uploads = new Queue();

/** One selection is prepared after the other: there is one question at a time. */
const preparing = { last: Promise.resolve() };

/**
 * Sends files to a folder, with the folders above them, which are made. First it asks the person about names that are taken, and about
 * files that seem to be too large together.
 *
 * @param folderId - An id, or `root`.
 * @param others - Empty folders that are made, too.
 * @throws Problem if the folder cannot be read, or an empty one cannot be made.
 */
export function addFiles(
  files: readonly Chosen[],
  folderId: string,
  others: Partial<Selection> = {},
): Promise<void> {
  const { emptyFolders = [] } = others;
  const added = preparing.last.then(() =>
    prepare({ files, emptyFolders, unreadable: [] }, folderId),
  );
  preparing.last = added.catch(() => undefined);
  return added;
}

async function prepare(selection: Selection, folderId: string): Promise<void> {
  const { id: accountId, usage } = await readAccount();
  const neededBytes = await sizeOf(selection.files);
  const freeBytes = (usage.limitBytes ?? Infinity) - usage.bytes - uploads.unsentBytes;
  if (neededBytes > freeBytes) {
    const isSentAnyway = await askAboutQuota(neededBytes, Math.max(0, freeBytes));
    if (!isSentAnyway) return;
  }
  const folders = new TargetFolders(folderId, selection);
  const prepared: Prepared[] = [];
  for (const [index, chosen] of selection.files.entries()) {
    if (index % FILES_PER_TURN === FILES_PER_TURN - 1) await breathe();
    prepared.push(await prepareFile(chosen, { accountId, folderId, folders }));
  }
  const decisions = await askAboutConflicts(prepared.filter(({ isTaken }) => isTaken));
  for (let first = 0; first < prepared.length; first += FILES_PER_TURN) {
    const some = prepared.slice(first, first + FILES_PER_TURN);
    uploads.add(some.flatMap((one) => uploadOf(one, folders, decisions.get(one))));
    await breathe();
  }
  for (const path of selection.emptyFolders) await folders.idOf(path);
}

/** The browser may ask the disk for each size. */
async function sizeOf(files: readonly Chosen[]): Promise<number> {
  let bytes = 0;
  for (let first = 0; first < files.length; first += FILES_PER_TURN) {
    for (const { file } of files.slice(first, first + FILES_PER_TURN)) bytes += file.size;
    await breathe();
  }
  return bytes;
}

interface Prepared {
  readonly chosen: Chosen;
  readonly key: string | undefined;
  readonly title: string;
  readonly isTaken: boolean;
}

interface Target {
  readonly accountId: string;
  readonly folderId: string;
  readonly folders: TargetFolders;
}

async function prepareFile(chosen: Chosen, target: Target): Promise<Prepared> {
  const { file, path } = chosen;
  const key = isSmall(file) ? undefined : keyOf({ ...target, file, path });
  const taken = (await target.folders.takenIn(path)).get(file.name.normalize("NFC"));
  // What was begun before was decided about then.
  const isBegun = key !== undefined && recall(key) !== null;
  const title = [...path, file.name].join("/");
  return { chosen, key, title, isTaken: taken?.kind === "file" && !isBegun };
}

/** Names that get taken meanwhile are no reason to ask again, and nothing is replaced unasked: both files are kept. */
function uploadOf(
  { chosen, key }: Prepared,
  folders: TargetFolders,
  decision: Decision = "rename",
): readonly Upload[] {
  if (decision === "skip") return [];
  const folderId = () => folders.idOf(chosen.path);
  return [new Upload(chosen, { key, folderId, onConflict: decision })];
}

async function readAccount(): Promise<Account> {
  const account = await ask<Account>("GET", "/me");
  me.value = account;
  return account;
}

uploads.whenIdle.add(() => {
  if (me.value) readAccount().catch(() => undefined);
});

/** Whose files they are: nobody else sends them. */
const sender: { id?: string | undefined } = {};

effect(() => {
  const id = me.value?.id;
  if (sender.id !== undefined && id !== sender.id) uploads.clear();
  sender.id = id;
});

const askToStay = (event: BeforeUnloadEvent) => {
  event.preventDefault();
};

effect(() => {
  const { waiting, sending } = uploads.totals.value.files;
  if (waiting + sending > 0) addEventListener("beforeunload", askToStay);
  else removeEventListener("beforeunload", askToStay);
});
