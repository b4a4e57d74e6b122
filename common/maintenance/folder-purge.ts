import type { Entry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { EventRelay } from "../events/relay.js";
import type { TreeRepository } from "../entries/tree-repository.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { enqueuePurge } from "../trash/removal.js";
import type { VersionsRepository } from "../versions/repository.js";

const BATCH = 500;

interface Deps {
  readonly entries: Pick<EntriesRepository, "findPurging" | "markPurging" | "remove">;
  readonly tree: Pick<TreeRepository, "listChildren">;
  readonly versions: Pick<VersionsRepository, "confirm">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly eventRelay: Pick<EventRelay, "run">;
  readonly now: () => Date;
  /** How long an emptied folder stays, in milliseconds: what requests under way still put into it is removed with it. */
  readonly delayMs: number;
}

/**
 * Removes a deleted folder and what it holds, or a mount. All that lies in it is marked, so that each file, folder and mount is removed by a job of its own:
 * whatever a crash interrupts here, the marks say what is left. What lies in the trash by itself stays there.
 */
export class FolderPurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run(
    { ownerId, folderId }: { ownerId: Id; folderId: Id },
    signal: AbortSignal,
  ): Promise<void> {
    const { entries, tree, now, delayMs } = this.#deps;
    const folder = await entries.findPurging(ownerId, folderId);
    // It holds nothing, and nobody puts anything into it.
    if (folder?.kind === "mount") await this.#remove(folder);
    if (folder?.kind !== "folder" || folder.purgingSince === null) return;
    for (;;) {
      const children = await tree.listChildren({ ownerId, parentId: folderId }, BATCH);
      if (children.length === 0) break;
      for (const child of children) {
        signal.throwIfAborted();
        await this.#mark(child);
      }
    }
    const isOver = now().getTime() - folder.purgingSince.getTime() >= delayMs;
    if (isOver) await this.#remove(folder);
  }

  /** The log gets its events before it goes. */
  async #remove({ ownerId, _id }: Entry): Promise<void> {
    const { entries, eventRelay } = this.#deps;
    if (await entries.remove(ownerId, _id)) return;
    await eventRelay.run(ownerId);
    await entries.remove(ownerId, _id);
  }

  /** Nothing happens to an entry that was changed since it was read: the next batch has it again, unless it was moved away. */
  async #mark(entry: Entry): Promise<void> {
    const { entries, versions, jobs, now } = this.#deps;
    // A version that its file shows is confirmed before the file goes: see Publisher.
    if (entry.kind === "file") await versions.confirm(entry);
    if (await entries.markPurging(entry, now())) enqueuePurge(jobs, entry);
  }
}
