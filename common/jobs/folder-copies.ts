import type { Granted, Home, Place } from "../access/grants.js";
import type { FolderEntry } from "../entries/entry.js";
import { NameTakenError } from "../entries/errors.js";
import { parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { CopyTask, JobDoc, JobMaker } from "./job.js";
import { refuseInside } from "./refuse-inside.js";
import type { Jobs } from "./service.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLiveByName">;
  readonly jobs: Pick<Jobs, "create" | "find">;
}

interface WantedCopy extends Pick<CopyTask, "name" | "onConflict"> {
  readonly folder: Granted<FolderEntry, "read">;
  readonly place: Place;
  /** The id of the job. Default: a new one. */
  readonly id?: Id | undefined;
}

/** Begins copies of folders. */
export class FolderCopies {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a job that copies a folder with all that it holds. What can be refused is refused now.
   *
   * @throws InvalidNameError, NameTakenError, FolderIntoItselfError, TooManyJobsError
   */
  async begin(home: Home<"write">, maker: JobMaker, wanted: WantedCopy): Promise<JobDoc> {
    const { entries, jobs } = this.#deps;
    const { id, folder, place, onConflict } = wanted;
    const { name, nameKey } = parseName(wanted.name);
    refuseInside(folder.entry, place);
    const { ownerId, folderId } = place;
    const holder = await entries.findLiveByName({ ownerId, parentId: folderId }, nameKey);
    if (holder !== null && onConflict === "fail") throw new NameTakenError(name);
    const { _id: sourceId, ownerId: sourceOwnerId } = folder.entry;
    const source = { sourceId, sourceOwnerId };
    const task = { kind: "copy", ...source, folderId, name, onConflict } as const;
    return jobs.create(home, { id, maker, task });
  }

  /** A job that was made before, with an id that was chosen for it; `undefined` when it was not made. */
  async findBegun(home: Home<"write">, id: Id): Promise<JobDoc | undefined> {
    try {
      return await this.#deps.jobs.find(home, id);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}
