import type { Granted } from "../access/grants.js";
import type { FileEntry } from "../entries/entry.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { VersionHistory, VersionPage, VersionQuery } from "../versions/history-repository.js";
import type { VersionDoc } from "../versions/version.js";
import { CurrentVersionError } from "./errors.js";

interface Deps {
  readonly history: VersionHistory;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

type ReadableFile = Pick<Granted<FileEntry>, "entry">;

/**
 * The versions of a file: the current one, which it shows, and those that it has shown before. A version that was replaced never
 * becomes the current one again: restoring makes a new version.
 */
export class FileVersions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Newest first. @throws InvalidCursorError */
  list({ entry }: Granted<FileEntry, "read">, query: VersionQuery): Promise<VersionPage> {
    return this.#deps.history.page(entry, query);
  }

  /** @throws NotFoundError */
  async find({ entry }: ReadableFile, versionId: Id): Promise<VersionDoc> {
    const version = await this.#deps.history.find(entry, versionId);
    if (version === null) throw new NotFoundError("version");
    return version;
  }

  /** The version that a file shows. @throws NotFoundError when the file was removed meanwhile. */
  async current(granted: ReadableFile): Promise<VersionDoc> {
    const { ownerId, versionId } = granted.entry;
    const version = await this.#deps.history.findShown(ownerId, versionId);
    if (version === null) throw new NotFoundError("file");
    return version;
  }

  /**
   * @param label - `null` for none.
   * @throws NotFoundError
   */
  async setLabel(
    { entry }: Granted<FileEntry, "write">,
    versionId: Id,
    label: string | null,
  ): Promise<VersionDoc> {
    const version = await this.#deps.history.setLabel(entry, versionId, label);
    if (version === null) throw new NotFoundError("version");
    return version;
  }

  /**
   * From the moment this resolves the version is gone; its bytes go afterwards, unless other versions hold them too.
   *
   * @throws NotFoundError
   * @throws CurrentVersionError when the file shows it.
   */
  async remove(granted: Granted<FileEntry, "delete">, versionId: Id): Promise<void> {
    const { history, jobs, now } = this.#deps;
    const { entry } = granted;
    // A version that is not shown any more will not be shown again: no other request can make this wrong.
    if (entry.versionId === versionId) throw new CurrentVersionError();
    if (!(await history.markPurging(entry, versionId, now()))) throw new NotFoundError("version");
    const { ownerId } = entry;
    jobs.enqueue({ name: "version.purge", data: { ownerId, versionId } });
  }
}
