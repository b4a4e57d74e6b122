import { type Entry, type FileEntry, type FolderEntry, MAX_DEPTH } from "../../entries/entry.js";
import type { Id } from "../../platform/ids.js";
import type { FsckEntriesRepository } from "./entries-repository.js";
import type { Check, Finding, FindingKind } from "./finding.js";
import type { RecoveredFolder } from "./recovered-folder.js";

interface Deps {
  readonly documents: FsckEntriesRepository;
  readonly recovered: Pick<RecoveredFolder, "take">;
}

/** Every entry can be reached from the top of its account's namespace, and every file shows a version that is there. */
export class TreeCheck implements Check {
  readonly name = "tree";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  count(): Promise<number> {
    return this.#deps.documents.countEntries();
  }

  keysAfter(after: string | null, limit: number): Promise<string[]> {
    return this.#deps.documents.entryIdsAfter(after, limit);
  }

  async inspect(key: string): Promise<Finding[]> {
    const entry = await this.#deps.documents.findEntry(key);
    // What is being removed loses its place and its versions step by step.
    if (entry?.purgingSince !== null) return [];
    const found = [
      await this.#placeFault(entry),
      entry.kind === "file" ? await this.#contentFault(entry) : undefined,
    ];
    return found.filter((each) => each !== undefined);
  }

  async repair(key: string, { kind }: Finding): Promise<string | undefined> {
    const { documents, recovered } = this.#deps;
    const entry = await documents.findEntry(key);
    if (entry === null) return undefined;
    if (kind === "entry-without-folder" || kind === "folder-circle") {
      const isTaken = await recovered.take(entry);
      return isTaken ? "it is in the folder Recovered of its owner" : undefined;
    }
    if (kind !== "outdated-file" || entry.kind !== "file") return undefined;
    const version = await documents.findVersionOf(entry.ownerId, entry.versionId);
    if (version === null) return undefined;
    const { blobId, sizeBytes, sha256, crc32 } = version;
    const content = { blobId, sizeBytes, sha256, crc32 };
    return (await documents.showContent(entry, content)) ? "it shows its version" : undefined;
  }

  async #placeFault(entry: Entry): Promise<Finding | undefined> {
    const { documents } = this.#deps;
    const rootId = await documents.findRoot(entry.ownerId);
    if (rootId === null) return finding(entry, "entry-without-account", "its account is not there");
    // What lies in the trash is restored to wherever there is a place.
    if (entry.isTrashed) return undefined;
    if (entry.parentId === rootId) return undefined;
    const parent = await documents.findEntryOf(entry.ownerId, entry.parentId);
    if (parent?.kind !== "folder") {
      return finding(entry, "entry-without-folder", `its folder ${entry.parentId} is not there`);
    }
    const isCircle = entry.kind === "folder" && (await this.#isCircle(entry, rootId));
    if (!isCircle) return undefined;
    return finding(entry, "folder-circle", "the folders above it do not lead to the top");
  }

  /** A way up that ends at a folder which has lost its place is no circle: that folder alone is wrong. */
  async #isCircle({ ownerId, parentId }: FolderEntry, rootId: Id): Promise<boolean> {
    let above = parentId;
    for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
      if (above === rootId) return false;
      const folder = await this.#deps.documents.findEntryOf(ownerId, above);
      if (folder === null) return false;
      above = folder.parentId;
    }
    return true;
  }

  async #contentFault(file: FileEntry): Promise<Finding | undefined> {
    const version = await this.#deps.documents.findVersionOf(file.ownerId, file.versionId);
    if (version === null) {
      return finding(file, "file-without-version", `its version ${file.versionId} is not there`);
    }
    const isSame =
      version.blobId.equals(file.blobId) &&
      Number(version.sizeBytes) === Number(file.sizeBytes) &&
      version.sha256 === file.sha256 &&
      version.crc32 === file.crc32;
    return isSame ? undefined : finding(file, "outdated-file", "its version has other figures");
  }
}

const finding = ({ _id: id, ownerId }: Entry, kind: FindingKind, text: string): Finding => ({
  kind,
  id,
  ownerId,
  text,
});
