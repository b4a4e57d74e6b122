import type { RootFolder } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { TreeBelow } from "../entries/tree-below.js";
import type { Id } from "../platform/ids.js";
import { groupOf } from "../search/type-groups.js";
import type {
  MeasuredFile,
  MeasuredFolder,
  MeasuredVersion,
  UsageRepository,
} from "./repository.js";
import type { UsageProgress, UsageSums } from "./usage.js";

/** Of some 200 bytes each. */
export const ENTRIES_PER_STEP = 1000;

interface Deps {
  readonly usages: Pick<UsageRepository, "listFolders" | "listVersions" | "listFiles">;
  readonly entries: Pick<EntriesRepository, "findLive">;
}

/** Whose usage it is. */
export interface MeasuredAccount {
  readonly ownerId: Id;
  readonly rootFolderId: Id;
  /** What was in the trash at that instant is being removed; `null` for nothing. */
  readonly trashEmptiedAt: Date | null;
}

/**
 * Measures what an account stores, step by step: all folders, then all versions, 1,000 at a time, in an order that no change alters. Whether an
 * entry can be reached is found by walking up, because what lies in a deleted folder is not marked. What changes meanwhile is counted as it
 * was before or as it is after that.
 */
export class UsageMeter {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The next step. Does not change what it is given. */
  step(account: MeasuredAccount, progress: UsageProgress): Promise<UsageProgress> {
    const { phase, after } = progress;
    const sums = structuredClone(progress.sums);
    if (phase === "folders") return this.#countFolders(account, { phase, after, sums });
    return this.#countVersions(account, { phase, after, sums });
  }

  async #countFolders(account: MeasuredAccount, { after, sums }: UsageProgress) {
    const folders = await this.#deps.usages.listFolders(account.ownerId, after, ENTRIES_PER_STEP);
    const reached = await this.#reachable(account, folders);
    for (const folder of folders) {
      if (reached.has(folder._id)) sums.live.folders += 1;
      if (isItem(account, folder)) sums.trash.items += 1;
    }
    return folders.length < ENTRIES_PER_STEP
      ? { phase: "versions" as const, after: "", sums }
      : { phase: "folders" as const, after: folders.at(-1)?._id ?? after, sums };
  }

  async #countVersions(account: MeasuredAccount, { after, sums }: UsageProgress) {
    const { usages } = this.#deps;
    const versions = await usages.listVersions(account.ownerId, after, ENTRIES_PER_STEP);
    const ids = new Set(versions.map(({ fileId }) => fileId));
    const files = await usages.listFiles(account.ownerId, [...ids]);
    const reached = await this.#reachable(account, files);
    const fileOf = new Map(files.map((file) => [file._id, file]));
    for (const version of versions) {
      const file = fileOf.get(version.fileId);
      if (file !== undefined && reached.has(file._id)) countLive(sums, file, version);
      else countDeleted(sums, version, { file, account });
    }
    return versions.length < ENTRIES_PER_STEP
      ? { phase: "over" as const, after: "", sums }
      : { phase: "versions" as const, after: versions.at(-1)?.uploadId ?? after, sums };
  }

  /** The ids of those that can be reached from the root. */
  async #reachable(
    { ownerId, rootFolderId }: MeasuredAccount,
    entries: readonly (MeasuredFolder | MeasuredFile)[],
  ): Promise<ReadonlySet<Id>> {
    const root: RootFolder = { kind: "folder", _id: rootFolderId, ownerId, parentId: null };
    const tree = new TreeBelow(this.#deps.entries, { entry: root, path: "" });
    const reached = await tree.reachable(entries.filter(({ isTrashed }) => !isTrashed));
    return new Set(reached.map(({ entry }) => entry._id));
  }
}

const isShown = (file: MeasuredFile | undefined, { _id }: MeasuredVersion) =>
  file?.versionId === _id;

/** Whether it lies in the trash by itself, and can be restored. */
const isItem = (
  { trashEmptiedAt }: MeasuredAccount,
  { isTrashed, trash }: MeasuredFile | MeasuredFolder,
): boolean => isTrashed && trash !== null && (trashEmptiedAt === null || trash.at > trashEmptiedAt);

function countLive(sums: UsageSums, file: MeasuredFile, version: MeasuredVersion): void {
  const bytes = Number(version.sizeBytes);
  if (isShown(file, version)) {
    const type = (sums.types[groupOf(file.type)] ??= { files: 0, bytes: 0 });
    for (const sum of [sums.live, type]) {
      sum.files += 1;
      sum.bytes += bytes;
    }
    // What is staged belongs to an upload still.
  } else if (version.state !== "staged") {
    sums.versions.count += 1;
    sums.versions.bytes += bytes;
  }
}

interface Deleted {
  /** `undefined` where the file is gone, and its versions are not yet. */
  readonly file: MeasuredFile | undefined;
  readonly account: MeasuredAccount;
}

function countDeleted(sums: UsageSums, version: MeasuredVersion, { file, account }: Deleted): void {
  const isCurrent = isShown(file, version);
  if (version.state === "staged" && !isCurrent) return;
  sums.trash.bytes += Number(version.sizeBytes);
  if (file === undefined || !isCurrent) return;
  sums.trash.files += 1;
  if (isItem(account, file)) sums.trash.items += 1;
}
