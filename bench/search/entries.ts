import { type Db, Long, ObjectId } from "mongodb";
import type { Entry, FileEntry, FolderEntry } from "../../common/entries/entry.js";
import { parseName } from "../../common/entries/name.js";
import { storedName, tagTerms } from "../../common/entries/terms.js";
import { type Id, newId } from "../../common/platform/ids.js";
import { makeContents } from "./contents.js";

/** Whose entries they are, and where. */
export interface Home {
  readonly ownerId: Id;
  readonly rootFolderId: Id;
}

const BATCH = 500;
const FILES_IN_A_FOLDER = 1000;
const FIRST = Date.UTC(2020, 0, 1);
const MINUTE = 60_000;

const SUBJECTS = ["invoice", "holiday", "contract", "meeting notes", "scan", "report", "Übersicht"];
const KINDS = [
  ["jpg", "image/jpeg"],
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["mp4", "video/mp4"],
  ["zip", "application/zip"],
] as const;

/** The same names, types and times each time; one of 1,000 has a tag, and one of 1,000 is named `needle`. */
export function makeEntry({ ownerId }: Home, parentId: Id, n: number): FileEntry {
  const [extension, type] = KINDS[n % KINDS.length] ?? KINDS[0];
  const subject = n % 1000 === 7 ? "needle" : (SUBJECTS[n % SUBJECTS.length] ?? "");
  const at = new Date(FIRST + n * MINUTE);
  const tags = n % 1000 === 3 ? ["tax"] : [];
  return {
    ...{ _id: newId(), kind: "file", ownerId, actorId: ownerId, parentId },
    ...storedName(ownerId, parseName(`${subject}_${2020 + (n % 7)}-${n}.${extension}`)),
    ...{
      sizeBytes: Long.fromNumber((n % 1000) * 5000),
      createdAt: at,
      updatedAt: at,
      modifiedAt: at,
    },
    ...{ isTrashed: false, trash: null, purgingSince: null, revision: 0 },
    ...(tags.length > 0 && { tags, tagTerms: tagTerms(ownerId, tags) }),
    ...{ versionId: newId(), blobId: new ObjectId(), sha256: "0".repeat(64), claimedType: null },
    ...{ type, state: "ready", createdByUploadId: newId() },
  } as FileEntry;
}

/** Makes files in folders of 1,000, which lie in folders of ten, and so on. */
export async function makeEntries(db: Db, home: Home, count: number): Promise<void> {
  const entries = db.collection<Entry>("entries");
  const folders = await makeFolders(db, home, Math.ceil(count / FILES_IN_A_FOLDER));
  for (let from = 0; from < count; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => from + n);
    const folderOf = (n: number) => folders[Math.floor(n / FILES_IN_A_FOLDER)] ?? home.rootFolderId;
    const files = numbers.map((n) => makeEntry(home, folderOf(n), n));
    await entries.insertMany(files);
    await makeContents(db, files, from);
  }
}

async function makeFolders(db: Db, home: Home, count: number): Promise<Id[]> {
  const ids = Array.from({ length: count }, newId);
  const folders = ids.map((_id, n): FolderEntry => {
    const parentId = n < 10 ? home.rootFolderId : (ids[Math.floor(n / 10)] ?? home.rootFolderId);
    const at = new Date(FIRST + n * MINUTE);
    return {
      ...{ _id, kind: "folder", ownerId: home.ownerId, actorId: home.ownerId, parentId },
      ...storedName(home.ownerId, parseName(`folder ${n}`)),
      ...{ height: 0, sizeBytes: Long.ZERO, createdAt: at, updatedAt: at, modifiedAt: at },
      ...{ isTrashed: false, trash: null, purgingSince: null, revision: 0 },
    };
  });
  await db.collection<Entry>("entries").insertMany(folders);
  return ids;
}
