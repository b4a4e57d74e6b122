import type { AccountActor } from "../access/actor.js";
import { isOwn, type Place } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { NameOrder } from "../entries/children-by-name.js";
import type { Entry, FileEntry, FolderEntry, MountEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Folders } from "../folders/service.js";
import type { Mounts } from "../mounts/service.js";
import { NotFoundError } from "../platform/errors.js";
import { derivedId, type Id } from "../platform/ids.js";
import type { Copies } from "../uploads/copies.js";
import type { VersionHistory } from "../versions/history-repository.js";
import { CopyWalk } from "./copy-walk.js";
import { problemOf } from "./errors.js";
import type { Batch, CopyFrame, CopyJob, JobDoc, JobItem } from "./job.js";
import type { Run } from "./run.js";
import { refuseInside } from "./refuse-inside.js";

/** The most that one batch copies. */
const BATCH = 100;

/** Somebody may have put something of the same name into the copy. */
const RENAMED = { onConflict: "rename" } as const;

interface Deps {
  readonly access: Pick<Access, "subfolder" | "folder" | "place">;
  readonly entries: Pick<EntriesRepository, "find">;
  readonly history: Pick<VersionHistory, "findShown">;
  readonly tree: NameOrder;
  readonly folders: Pick<Folders, "createCopy">;
  readonly mounts: Pick<Mounts, "createCopy">;
  readonly copies: Pick<Copies, "copy">;
}

/** How far a batch has come. */
interface Going {
  readonly job: JobDoc;
  readonly run: Run;
  readonly walk: CopyWalk;
  /** The last folder that was asked for. */
  known?: { readonly copyId: Id; readonly place: Place | undefined };
}

interface Copied {
  readonly place: Place;
  readonly path: string;
}

/**
 * Copies a folder with all that it holds, batch by batch. The id of each copy follows from the job and the original. So a batch that is done
 * again, by whatever process, finds what was copied before, and makes no second copy.
 */
export class TreeCopy {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError when the original, the copy or the folder that it goes into was deleted. */
  async run(job: CopyJob, run: Run): Promise<Batch> {
    const { position, task } = job;
    // What the copy goes into, or the copy itself, was deleted: nobody wants the rest.
    await this.#deps.access.place(run.actor, job.result?.id ?? task.folderId);
    if (position === null) return this.#begin(job, run);
    const walk = new CopyWalk(this.#deps.tree, task.sourceOwnerId, position.frames);
    const going: Going = { job, run, walk };
    const items: JobItem[] = [];
    do {
      const item = await this.#next(going);
      if (item === null) return { items, next: null };
      if (item !== "nothing") items.push(item);
    } while (items.length < BATCH && run.isInTime());
    return { items, next: { frames: walk.position } };
  }

  /** Copies the folder itself. */
  async #begin({ _id: jobId, task }: CopyJob, { actor }: Run): Promise<Batch> {
    const { access, folders } = this.#deps;
    const { sourceId, folderId, onConflict } = task;
    const source = await access.subfolder(actor, sourceId, "read");
    const place = await access.place(actor, folderId);
    refuseInside(source.entry, place);
    const { entry: original } = source;
    const id = derivedId(jobId, sourceId);
    const copy = await folders.createCopy(place, { id, name: task.name, onConflict, original });
    const { name } = copy;
    const item = done(original, { path: name, resultId: id });
    const frame = { sourceId, copyId: id, name, after: null };
    return { items: [item], next: { frames: [frame] }, result: { kind: "folder", id } };
  }

  /** @returns `null` at the end, `nothing` where there was nothing to copy. */
  async #next(going: Going): Promise<JobItem | "nothing" | null> {
    const { job, walk } = going;
    const { current: frame } = walk;
    if (frame === undefined) return null;
    const place = await this.#findPlace(going, frame);
    const entry = place && (await walk.next());
    if (place === undefined || entry === undefined) {
      walk.leave();
      return "nothing";
    }
    // The copy came to lie inside of the original, by a move: it is not copied into itself.
    if (entry._id === job.result?.id) return "nothing";
    const copied = { place, path: walk.pathOf(entry.name) };
    if (entry.kind === "file") return this.#copyFile(job, entry, copied);
    if (entry.kind === "mount") return this.#copyMount(going, entry, copied);
    const item = await this.#copyFolder(job, entry, copied);
    const { _id: sourceId, name } = entry;
    if (item.resultId !== null) {
      walk.enter({ sourceId, copyId: item.resultId, name, after: null });
    }
    return item;
  }

  /** Where the content of a folder goes; `undefined` when the original or the copy can no longer be reached. */
  async #findPlace(going: Going, { sourceId, copyId }: CopyFrame): Promise<Place | undefined> {
    if (going.known?.copyId === copyId) return going.known.place;
    const place = await this.#askForPlace(going.run.actor, { sourceId, copyId });
    going.known = { copyId, place };
    return place;
  }

  async #askForPlace(actor: AccountActor, { sourceId, copyId }: { sourceId: Id; copyId: Id }) {
    const { access } = this.#deps;
    try {
      await access.folder(actor, sourceId, "read");
      return await access.place(actor, copyId);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #copyFile(job: JobDoc, file: FileEntry, { place, path }: Copied) {
    const { history, copies } = this.#deps;
    return this.#copyOnce(job, { original: file, path, place }, async (newFileId) => {
      const version = await history.findShown(file.ownerId, file.versionId);
      if (version === null) throw new NotFoundError("file");
      const intent = { name: file.name, ...RENAMED, condition: null, newFileId };
      await copies.copy(place, intent, { file, version });
    });
  }

  #copyFolder(job: JobDoc, original: FolderEntry, { place, path }: Copied) {
    return this.#copyOnce(job, { original, path, place }, async (id) => {
      await this.#deps.folders.createCopy(place, { id, name: original.name, ...RENAMED, original });
    });
  }

  /** A mount means the same for its owner alone: others get no copy of it. */
  async #copyMount({ job, run }: Going, original: MountEntry, { place, path }: Copied) {
    if (!isOwn(run.actor, original) || !isOwn(run.actor, place)) return "nothing";
    return this.#copyOnce(job, { original, path, place }, async (id) => {
      await this.#deps.mounts.createCopy(place, { id, original });
    });
  }

  async #copyOnce(
    { _id: jobId }: JobDoc,
    { original, path, place: { ownerId } }: Copied & { readonly original: Entry },
    copy: (id: Id) => Promise<void>,
  ): Promise<JobItem> {
    const { entries } = this.#deps;
    const { _id: sourceId } = original;
    const resultId = derivedId(jobId, sourceId);
    const findMade = () => entries.find(ownerId, resultId);
    try {
      if ((await findMade()) === null) await copy(resultId);
      return done(original, { path, resultId });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      // An earlier process was late, and has made it meanwhile.
      if ((await findMade())?.isTrashed === false) return done(original, { path, resultId });
      const { kind } = original;
      return { sourceId, kind, path, status: "failed", resultId: null, problem };
    }
  }
}

const done = (
  { _id: sourceId, kind }: Entry,
  made: { readonly path: string; readonly resultId: Id },
): JobItem => ({ sourceId, kind, ...made, status: "done", problem: null });
