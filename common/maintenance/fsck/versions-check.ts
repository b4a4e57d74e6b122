import type { FsckEntriesRepository } from "./entries-repository.js";
import type { Check, Finding } from "./finding.js";
import type { RecoveredFolder } from "./recovered-folder.js";

interface Deps {
  readonly documents: FsckEntriesRepository;
  readonly recovered: Pick<RecoveredFolder, "restore">;
}

/** Every version belongs to a file. */
export class VersionsCheck implements Check {
  readonly name = "versions";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  count(): Promise<number> {
    return this.#deps.documents.countVersions();
  }

  keysAfter(after: string | null, limit: number): Promise<string[]> {
    return this.#deps.documents.versionIdsAfter(after, limit);
  }

  async inspect(key: string): Promise<Finding[]> {
    const { documents } = this.#deps;
    const version = await documents.findVersion(key);
    // The ledger looks after what is staged, and the sweep after what is being removed.
    if (version === null || version.state === "staged" || version.purgingSince) return [];
    const { ownerId, fileId } = version;
    if ((await documents.findEntryOf(ownerId, fileId))?.kind === "file") return [];
    // A purge removes the file last. So a version without one is not being purged.
    const text = `its file ${fileId} is not there`;
    return [{ kind: "version-without-file", id: key, ownerId, text }];
  }

  async repair(key: string): Promise<string | undefined> {
    const { documents, recovered } = this.#deps;
    const version = await documents.findVersion(key);
    if (version === null) return undefined;
    const latest = await documents.findLatest(version.ownerId, version.fileId);
    if (latest === null || !(await recovered.restore(latest))) return undefined;
    return "its file is in the folder Recovered of its owner";
  }
}
