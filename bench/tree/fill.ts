import { type Db, Long } from "mongodb";
import { type Entry, newFileEntry, newFolderEntry } from "../../common/entries/entry.js";
import { parseName } from "../../common/entries/name.js";
import { newBlobId, newId } from "../../common/platform/ids.js";
import { stagedVersion, type VersionDoc } from "../../common/versions/version.js";
import type { Home } from "../search/entries.js";

/** Whose entries they are, and how many. */
export interface Plan extends Home {
  readonly files: number;
}

/** What the requests of the bench ask for. */
export interface Filled {
  /** A folder that a tenth of the files lie in, at least 500. */
  readonly wideFolderId: string;
  /** When the file was made that is in the middle of that folder, in milliseconds. */
  readonly wideMiddle: number;
  /** The path of the file that lies below 16 folders. */
  readonly deepPath: string;
  /** A file beside it. */
  readonly renamedFileId: string;
}

const DEPTH = 16;
/** So many files have the rare word in their names, however many files there are. */
const RARE_FILES = 20;

const BATCH = 1000;
/** The store writes those that wait in one transaction. */
const BATCHES_AT_ONCE = 16;
/** At least, so that pages of small accounts are as full. */
const FOLDERS = 100;
const MOST_FILES_OF_A_FOLDER = 1000;
const FIRST = Date.UTC(2020, 0, 1);
const SECOND = 1000;
const SUBJECTS = ["invoice", "holiday", "contract", "meeting notes", "scan", "report", "Übersicht"];
const EXTENSIONS = ["jpg", "pdf", "txt", "mp4", "zip"];

const wideFiles = ({ files }: Plan) => Math.max(500, files / 10);

/** Of all others. */
const filesOfAFolder = (plan: Plan) =>
  Math.min(MOST_FILES_OF_A_FOLDER, Math.ceil((plan.files - wideFiles(plan)) / FOLDERS));

/** Stores the entries and versions of an account as uploads leave them. Their contents are missing: nothing of the bench reads them. */
export async function fill(db: Db, plan: Plan): Promise<Filled> {
  const entries = db.collection<Entry>("entries");
  const wide = folderOf(plan, plan.rootFolderId, "wide");
  const length = Math.ceil((plan.files - wideFiles(plan)) / filesOfAFolder(plan));
  const others = Array.from({ length }, (_, n) => folderOf(plan, plan.rootFolderId, `folder ${n}`));
  const deep = chain(plan);
  await entries.insertMany([wide, ...deep, ...others]);
  const last = deep.at(-1)?._id ?? plan.rootFolderId;
  const found = fileOf(plan, { parentId: last, name: "found.txt", n: 0 });
  const renamed = fileOf(plan, { parentId: last, name: "renamed.txt", n: 0 });
  await insert(db, [found, renamed]);
  await insertFiles(db, plan, [wide._id, ...others.map(({ _id }) => _id)]);
  const deepPath = [...deep.map(({ name }) => name), found.file.name].join("/");
  const wideMiddle = FIRST + (wideFiles(plan) / 2) * SECOND;
  return { wideFolderId: wide._id, wideMiddle, deepPath, renamedFileId: renamed.file._id };
}

function chain(plan: Plan) {
  const folders: ReturnType<typeof folderOf>[] = [];
  for (let n = 1; n <= DEPTH; n += 1) {
    const parentId = folders.at(-1)?._id ?? plan.rootFolderId;
    folders.push({ ...folderOf(plan, parentId, `level ${n}`), height: DEPTH - n });
  }
  return folders;
}

function folderOf({ ownerId }: Plan, parentId: string, name: string) {
  const ids = { _id: newId(), ownerId, actorId: ownerId, parentId };
  return newFolderEntry({ ...ids, ...parseName(name) }, new Date(FIRST));
}

/** Names go around, so that the files of a subject lie in all folders and times. */
async function insertFiles(db: Db, plan: Plan, folders: readonly string[]): Promise<void> {
  const wide = wideFiles(plan);
  const rareEach = Math.floor(plan.files / RARE_FILES);
  const make = (n: number) => {
    const subject = n % rareEach === 7 ? "needle" : (SUBJECTS[n % SUBJECTS.length] ?? "");
    const extension = EXTENSIONS[n % EXTENSIONS.length] ?? "";
    const name = `${subject}_${2020 + (n % 7)}-${n}.${extension}`;
    const folder = n < wide ? 0 : 1 + Math.floor((n - wide) / filesOfAFolder(plan));
    return fileOf(plan, { parentId: folders[folder] ?? plan.rootFolderId, name, n });
  };
  let next = 0;
  const insertBatches = async () => {
    while (next < plan.files) {
      const from = next;
      next += BATCH;
      const length = Math.min(BATCH, plan.files - from);
      await insert(
        db,
        Array.from({ length }, (_, n) => make(from + n)),
      );
      if (from % 50_000 === 0 && from > 0) process.stderr.write(`${from} files are stored\n`);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, insertBatches));
}

interface Place {
  readonly parentId: string;
  readonly name: string;
  /** Its number decides about its size and time. */
  readonly n: number;
}

/** A file and its version, which was inspected. */
function fileOf({ ownerId }: Plan, { parentId, name, n }: Place) {
  const uploadId = newId();
  const ids = { _id: newId(), ownerId, actorId: ownerId, parentId };
  const version: VersionDoc = {
    ...stagedVersion({
      ...{ _id: newId(), ownerId, actorId: ownerId, fileId: ids._id, uploadId },
      ...{ blobId: newBlobId(), sizeBytes: Long.fromNumber((n % 1000) * 5000) },
      ...{ sha256: "0".repeat(64), crc32: 0, claimedType: null },
      inspected: { type: "text/plain", state: "ready", seenVersion: 1, steps: {} },
      createdAt: new Date(FIRST + n * SECOND),
    }),
    state: "ready",
  };
  const file = newFileEntry({ ...ids, createdByUploadId: uploadId, ...parseName(name) }, version);
  return { file, version };
}

type NewFile = ReturnType<typeof fileOf>;

async function insert(db: Db, files: readonly NewFile[]): Promise<void> {
  await Promise.all([
    db.collection<Entry>("entries").insertMany(files.map(({ file }) => file)),
    db.collection<VersionDoc>("versions").insertMany(files.map(({ version }) => version)),
  ]);
}
