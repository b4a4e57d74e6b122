import type { Actor, LinkActor } from "../access/actor.js";
import { whileAllowed } from "../access/download-guard.js";
import type { Granted, Home } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { Folder } from "../entries/entry.js";
import { BusyError, NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { ByteWindow } from "../storage/blob-reader.js";
import type { ArchiveDoc, ArchiveKind, ArchivePageDoc, StoredMember } from "./archive.js";
import { type MemberPage, readArchive } from "./archive-reader.js";
import type { ArchiveContents } from "./contents.js";
import { ArchiveNotReadyError, ArchiveTooLargeError, TooManyArchivesError } from "./errors.js";
import { archiveBytes } from "./format.js";
import { LINK_ARCHIVE_MS, whileRead } from "./link-reading.js";
import type { Member } from "./member.js";
import type { ArchivePreparation } from "./preparation.js";
import type { ArchivesRepository } from "./repository.js";
import { type Contents, contentsOf, entriesOfOthers, type Selection } from "./selection.js";
import { extentIn, FORMATS, memberOf } from "./stored-members.js";
import { readText } from "./text-reader.js";

/** What an account, or a link, may have at once. */
const MAX_ARCHIVES = { account: 100, link: 1000 } as const;

/** Who is told that all archives of a link are being read comes again after so long, in seconds. */
const RETRY_LINK_SECONDS = 60;

/** What a request does itself, so that its answer does not wait for long: about as much as a folder with a hundred folders in it takes. */
const OF_ONE_REQUEST = { pages: 1, queriesPerPage: 100 } as const;

interface Deps {
  readonly access: Pick<Access, "home" | "entry">;
  readonly archives: ArchivesRepository;
  readonly preparation: Pick<ArchivePreparation, "run">;
  readonly contents: ArchiveContents;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  readonly maxMembers: number;
  readonly lifetimeMs: number;
}

/** An archive in one form, and its bytes, which never change. */
export interface ArchiveContent {
  readonly archive: ArchiveDoc;
  readonly sizeBytes: number;
  /** @throws DamagedContentError when stored bytes are not what was written. */
  read(window: ByteWindow): AsyncGenerator<Buffer, void, undefined>;
}

/**
 * Files and folders that are downloaded as one. An archive belongs to the account that made it, also where it has files of others. These it has
 * for as long as its maker may read every entry of others that it was made of.
 */
export class Archives {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes an archive of what there is now. A small one is ready at once. A large one is prepared by the worker.
   *
   * @throws TooManyArchivesError
   */
  create(actor: Actor, selection: Selection): Promise<ArchiveDoc> {
    const home = this.#deps.access.home(actor, "read");
    return this.#make(home, contentsOf(home, selection));
  }

  /**
   * Makes an archive of all that there is of the account; as {@link create}.
   *
   * @throws TooManyArchivesError
   * @throws NotFoundError when the credential may not read all of the account.
   */
  async createExport(actor: Actor): Promise<ArchiveDoc> {
    const home = this.#deps.access.home(actor, "read");
    if (!home.reachesAccount) throw new NotFoundError("account");
    const name = `export-${this.#deps.now().toISOString().slice(0, 10)}`;
    return this.#make(home, { isExport: true, chosen: [], name, start: { step: "account" } });
  }

  /**
   * Makes an archive of the files of a folder that links may show. The request waits until it is ready, however large it is. It is kept for an hour after it
   * was made or read last. Where the link has as many as it may, the one that nobody has read for the longest time ends.
   *
   * @throws BusyError (503, with `Retry-After`) when all of them are being made or read.
   */
  async createForLink(actor: LinkActor, folder: Granted<Folder, "read">): Promise<ArchiveDoc> {
    const home = this.#deps.access.home(actor, "read");
    const contents = { ...contentsOf(home, { folder }), isOfReady: true as const };
    await this.#makeRoomForLink(home);
    const lifetimeMs = Math.min(this.#deps.lifetimeMs, LINK_ARCHIVE_MS);
    const { _id, ownerId } = await this.#insert(home, contents, lifetimeMs);
    await this.#deps.preparation.run({ ownerId, archiveId: _id });
    return this.#findMade(home, _id);
  }

  async #make(home: Home<"read">, contents: Contents): Promise<ArchiveDoc> {
    const { archives, preparation, jobs, now, lifetimeMs } = this.#deps;
    const most = MAX_ARCHIVES.account;
    if ((await archives.count(home, now(), most)) >= most) throw new TooManyArchivesError(most);
    const { _id, ownerId } = await this.#insert(home, contents, lifetimeMs);
    const target = { ownerId, archiveId: _id };
    await preparation.run(target, OF_ONE_REQUEST);
    const made = await this.#findMade(home, _id);
    if (made.state === "preparing") jobs.enqueue({ name: "archive.prepare", data: target });
    return made;
  }

  async #makeRoomForLink(home: Home<"read">): Promise<void> {
    const { archives, now } = this.#deps;
    const at = now();
    if ((await archives.count(home, at, MAX_ARCHIVES.link)) < MAX_ARCHIVES.link) return;
    if (await archives.endIdle(home, at)) return;
    const retry = { retryAfterSeconds: RETRY_LINK_SECONDS };
    throw new BusyError(
      "Too many archives are being downloaded by this link; try again soon",
      retry,
    );
  }

  async #insert(home: Home<"read">, contents: Contents, lifetimeMs: number): Promise<ArchiveDoc> {
    const { archives, now } = this.#deps;
    const at = now();
    const { ownerId, actorId, rootFolderId } = home;
    const archive: ArchiveDoc = {
      _id: newId(),
      ownerId,
      actorId,
      rootFolderId,
      state: "preparing",
      ...contents,
      createdAt: at,
      expiresAt: new Date(at.getTime() + lifetimeMs),
      extent: null,
    };
    await archives.insert(archive);
    return archive;
  }

  /** @throws NotFoundError also when it has expired, or when the actor may not read any more what it was made of. */
  async find(actor: Actor, archiveId: Id): Promise<ArchiveDoc> {
    const archive = await this.#findMade(this.#deps.access.home(actor, "read"), archiveId);
    await this.#requireReadable(actor, archive);
    return archive;
  }

  async #findMade(home: Home<"read">, archiveId: Id): Promise<ArchiveDoc> {
    const { archives, now } = this.#deps;
    const archive = await archives.find({ ...home, archiveId }, now());
    if (archive === null) throw new NotFoundError("archive");
    return archive;
  }

  /** What is the account's own is not asked for: an archive keeps that, whatever becomes of the files. */
  async #requireReadable(actor: Actor, archive: ArchiveDoc): Promise<void> {
    const { access } = this.#deps;
    try {
      // They are asked for at once, so that it is few queries.
      await Promise.all(entriesOfOthers(archive).map((id) => access.entry(actor, id, "read")));
    } catch (error) {
      throw error instanceof NotFoundError ? new NotFoundError("archive") : error;
    }
  }

  /** @throws NotFoundError, {@link ArchiveNotReadyError}, {@link ArchiveTooLargeError} */
  async open(actor: Actor, archiveId: Id, kind: ArchiveKind): Promise<ArchiveContent> {
    const archive = await this.find(actor, archiveId);
    if (archive.state === "failed") throw new ArchiveTooLargeError(this.#deps.maxMembers);
    if (archive.state !== "ready") throw new ArchiveNotReadyError();
    return {
      archive,
      sizeBytes: sizeBytesOf(archive, kind) ?? 0,
      read: (window) => this.#readAllowed(actor, archive, this.#read(archive, kind, window)),
    };
  }

  #readAllowed(
    actor: Actor,
    archive: ArchiveDoc,
    content: AsyncGenerator<Buffer, void, undefined>,
  ) {
    // Whether a link may show it still, its door asks.
    if (archive.isOfReady === true) return whileRead(this.#deps, archive, content);
    const isOwn = archive.otherOwnerIds === undefined;
    return isOwn ? content : whileAllowed(() => this.#requireReadable(actor, archive), content);
  }

  /** Nobody reads it from then on; what it holds is released by the sweep. Also when its maker may not read it any more. @throws NotFoundError */
  async remove(actor: Actor, archiveId: Id): Promise<void> {
    const archive = await this.#findMade(this.#deps.access.home(actor, "read"), archiveId);
    await this.#deps.archives.end(archive, this.#deps.now());
  }

  #read(archive: ArchiveDoc, kind: ArchiveKind, window: ByteWindow) {
    const { archives, contents } = this.#deps;
    const shown = (page: ArchivePageDoc) => pageIn(kind, page);
    const pageAt = async (part: "bodyBytes" | "directoryBytes", at: number) => {
      const page = await archives.findPageAt(archive, { kind, part, at });
      // The archive has ended meanwhile: the connection is cut.
      if (page === null) throw new NotFoundError("archive");
      return shown(page);
    };
    const pages = {
      atBody: (at: number) => pageAt("bodyBytes", at),
      atDirectory: (at: number) => pageAt("directoryBytes", at),
      find: async (n: number) => {
        const page = await archives.findPage(archive, n);
        return page === null ? undefined : shown(page);
      },
    };
    const contentsOf = ({ n, members }: MemberPage<ShownMember>) =>
      contents.of(
        members.map(({ stored }) => stored),
        (text, within) =>
          readText({ pages: archives, archive, key: text.key, lastPage: n }, text, within),
      );
    const extent = extentIn(kind, archive.extent);
    return readArchive({ format: FORMATS[kind], extent, pages, contentsOf }, window);
  }
}

interface ShownMember extends Member {
  readonly stored: StoredMember;
}

const pageIn = (kind: ArchiveKind, page: ArchivePageDoc): MemberPage<ShownMember> => ({
  n: page.n,
  before: extentIn(kind, page.before),
  members: page.members.map((stored) => ({ ...memberOf(stored), stored })),
});

/** The length of an archive in one form, in bytes; `null` until it is ready. */
export function sizeBytesOf({ extent }: ArchiveDoc, kind: ArchiveKind): number | null {
  return extent === null ? null : archiveBytes(FORMATS[kind], extentIn(kind, extent));
}
