import { type Collection, type Db, Long, ObjectId } from "mongodb";
import type { AccountDoc } from "../../../common/accounts/account.js";
import type { Entry, FileEntry, FolderEntry } from "../../../common/entries/entry.js";
import { newFolderEntry } from "../../../common/entries/entry.js";
import { parseName } from "../../../common/entries/name.js";
import { openFsck } from "../../../common/maintenance/fsck/open.js";
import type { FsckFindingDoc, FsckRunDoc } from "../../../common/maintenance/fsck/run.js";
import { newId } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { openRecords } from "../../../common/records.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { openPreviewBucket, PREVIEW_CHUNK_BYTES } from "../../../common/storage/preview-bucket.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";

export const NEVER = new AbortController().signal;
const log = createLogger({ level: "silent", part: "test" });

export const openTestFsck = ({ mongo: { db, now }, config }: World, patienceMs = 1) =>
  openFsck({ ...openRecords({ db, settings: config, now }), db, log, now, patienceMs });

export interface Checked {
  readonly run: FsckRunDoc;
  readonly findings: readonly FsckFindingDoc[];
}

/** Runs fsck once, from the beginning to the end. */
export async function fsck(world: World, mode: { deep?: true; repair?: true } = {}) {
  const { fsck: checker, runs } = openTestFsck(world);
  const started = await checker.start({
    isDeep: mode.deep === true,
    isRepairing: mode.repair === true,
  });
  await checker.run(NEVER);
  const run = await runs.find(started._id);
  if (run === null) throw new Error("The run is not there any more");
  return { run, findings: await runs.listFindings(run._id, undefined, 1000) } satisfies Checked;
}

/** What a test damages: one account with a file in a folder. */
export interface Damageable {
  readonly db: Db;
  readonly owner: Client;
  readonly accounts: Collection<AccountDoc>;
  readonly entries: Collection<Entry>;
  readonly files: Collection<FileEntry>;
  readonly folders: Collection<FolderEntry>;
  readonly versions: Collection<VersionDoc>;
  readonly folderId: string;
  readonly file: FileEntry;
}

export async function storedIn(world: World): Promise<Damageable> {
  const { db } = world.mongo;
  const owner = await world.member();
  const folder = await owner.post("/api/v1/folders", { name: "a folder" });
  const stored = await owner.store("in the root", "the content of a file");
  await owner.patch(`/api/v1/files/${stored.id}`, { folderId: folder.json.id, name: "a.txt" });
  await world.settle();
  const files = db.collection<FileEntry>("entries");
  const file = await files.findOne({ _id: stored.id });
  if (file === null) throw new Error("The file is not there");
  return {
    ...{ db, owner, files, file, folderId: folder.json.id },
    accounts: db.collection<AccountDoc>("accounts"),
    entries: db.collection<Entry>("entries"),
    folders: db.collection<FolderEntry>("entries"),
    versions: db.collection<VersionDoc>("versions"),
  };
}

type Damage = (stored: Damageable) => Promise<unknown>;

const moveFolder = ({ folders, folderId }: Damageable, parentId: string) =>
  folders.updateOne({ _id: folderId }, { $set: { parentId } });

/** Leaves a preview without its chunk. */
export const leavePreview = (db: Db, blobId: ObjectId) =>
  openPreviewBucket(db).files.insertOne({
    _id: new ObjectId(),
    length: Long.fromNumber(100),
    chunkSize: PREVIEW_CHUNK_BYTES,
    uploadDate: new Date(),
    filename: "a preview",
    metadata: { blobId, contentType: "image/webp", width: 1, height: 1 },
  });

/** What can be wrong, what it is called, and whether it can be repaired. */
export const DAMAGES: readonly [kind: string, isRepairable: boolean, damage: Damage][] = [
  [
    "damaged-blob",
    false,
    ({ db, file }) => openBucket(db).chunks.deleteMany({ files_id: file.blobId }),
  ],
  [
    "wrong-references",
    true,
    ({ db, file }) =>
      openBucket(db).files.updateOne(
        { _id: file.blobId },
        { $push: { "metadata.versionIds": newId() } },
      ),
  ],
  ["version-without-file", true, ({ files, file }) => files.deleteOne({ _id: file._id })],
  [
    "file-without-version",
    false,
    ({ files, file }) => files.updateOne({ _id: file._id }, { $set: { versionId: newId() } }),
  ],
  [
    "outdated-file",
    true,
    ({ files, file }) => files.updateOne({ _id: file._id }, { $set: { sizeBytes: Long.ONE } }),
  ],
  ["entry-without-folder", true, (stored) => moveFolder(stored, newId())],
  [
    "folder-circle",
    true,
    async (stored) => {
      const { folders, folderId, file } = stored;
      const ids = { _id: newId(), ownerId: file.ownerId, actorId: file.ownerId };
      const below = { ...ids, parentId: folderId, ...parseName("below") };
      await folders.insertOne(newFolderEntry(below, new Date()));
      await moveFolder(stored, ids._id);
    },
  ],
  [
    "entry-without-account",
    false,
    ({ accounts, file }) => accounts.deleteOne({ _id: file.ownerId }),
  ],
  [
    "wrong-usage",
    true,
    ({ accounts, file }) =>
      accounts.updateOne({ _id: file.ownerId }, { $inc: { "usage.bytes": Long.fromNumber(7) } }),
  ],
  ["damaged-preview", true, ({ db, file }) => leavePreview(db, file.blobId)],
  [
    "missing-event",
    false,
    ({ db, file: { ownerId } }) => db.collection("events").deleteOne({ ownerId, seq: 2 }),
  ],
];
