import type { Entry, FileEntry } from "../entries/entry.js";
import { isRefusedForItsPlace, NameTakenError } from "../entries/errors.js";
import { type EntryName, parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { isAnyRefused, type NamedWrites, type OrderedWrites } from "../platform/ordered-writes.js";
import type { Write } from "../platform/write.js";
import type { Quota } from "../quota/service.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { Aborter } from "./aborter.js";
import { asUploader, completionEvents, replacementEvents } from "./events.js";
import { UploadExpiredError } from "./errors.js";
import { LatePublishing } from "./late-publishing.js";
import { resolveFile, resolveName } from "./name-claim.js";
import type { LinkUploads } from "./link-uploads.js";
import type { UploadsRepository } from "./repository.js";
import { fileOf, publishedAs, shownNext, versionOf } from "./records.js";
import {
  isOfOneFile,
  isPublishable,
  type PublishableUpload,
  type UploadDoc,
  type Published,
} from "./upload.js";

interface Deps {
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly references: Pick<BlobReferences, "isHeld">;
  readonly writes: OrderedWrites;
  readonly quota: Pick<Quota, "settlement" | "releaseOnce">;
  readonly aborter: Pick<Aborter, "abort">;
  readonly linkUploads: Pick<LinkUploads, "settle">;
  readonly now: () => Date;
  /** How long a resumable upload stays in the ledger after it was published, in milliseconds. */
  readonly receiptMs: number;
  /** Queues the jobs of a published upload. */
  readonly onPublished: (upload: PublishableUpload, published: Published) => void;
}

/** What is written once a file shows the version: that it does, and that the upload is over. */
type Closing = Record<"confirmed" | "closed", Write>;
/** What publishes an upload whose name is free, in this order. */
type Showing = Record<"staged" | "shown" | "settled", Write> & Closing;

interface First {
  /** Writes that run before those of publishing, in the same command. The last one is the decision to publish. */
  readonly preceding: NamedWrites;
  /** How much the upload has reserved: that becomes usage at once. */
  readonly reservedBytes: number;
}

/**
 * Shows a committed blob under a name: as a new file, or as the next version of the file that has the name.
 *
 * Any process may repeat it after any crash. What makes that safe: the version stays `staged` until its file shows it, and a process
 * that is about to replace or remove what a file shows confirms that version first. So a staged version that its file does not show
 * was never shown. Each try reads the version first, and each write succeeds only if what was read is still true.
 */
export class Publisher {
  readonly #deps: Deps;
  readonly #late: LatePublishing;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#late = new LatePublishing(deps);
  }

  /**
   * Publishes an upload that was decided. When it is refused, the upload is removed; after any other failure the decision stands, and
   * the sweep publishes later.
   *
   * @throws {@link PreconditionFailedError} when the request's condition does not hold; nothing was published then.
   * @throws {@link NameTakenError} when the name is taken and the upload may not replace; nothing was published then.
   * @throws {@link UploadExpiredError} when the upload had been published, and its file removed, before.
   * @throws {@link NotFoundError} when its folder was deleted; nothing is stored then.
   */
  async publish(upload: PublishableUpload): Promise<Published> {
    return this.#conclude(upload, () => this.#publish(upload));
  }

  /**
   * Publishes an upload if it was decided, whatever other processes make of it meanwhile.
   *
   * @returns `false` when it was not decided, and so is to be removed.
   */
  async settle(upload: UploadDoc): Promise<boolean> {
    if (!isPublishable(upload)) return false;
    try {
      await asUploader(upload, () => this.publish(upload));
    } catch (error) {
      if (!isRefusedForItsPlace(error) && !(error instanceof UploadExpiredError)) throw error;
    }
    return true;
  }

  /**
   * Decides and publishes in one command. As no other process can have tried before, it reads nothing first. When a write after the
   * decision is refused, it goes on as {@link publish}.
   *
   * @returns `undefined` when one of the writes of `preceding` was refused: then nothing was published.
   * @throws As {@link publish}.
   */
  async publishFirst(
    upload: PublishableUpload,
    { preceding, reservedBytes }: First,
  ): Promise<Published | undefined> {
    const { versions, entries, quota, writes, now } = this.#deps;
    const version = versionOf(upload, now());
    const file = fileOf(upload, version, parseName(upload.name));
    const key = { ownerId: upload.ownerId, uploadId: upload._id };
    const used = { bytes: Number(upload.sizeBytes), files: 1 };
    const showing: Showing = {
      staged: versions.insertion(version),
      shown: entries.insertion(file, completionEvents(upload, file)),
      settled: quota.settlement(key, reservedBytes, used),
      ...this.#closing(upload, file),
    };
    // What has the name, or is to be replaced, has to be read first.
    const isForName = upload.condition === null && !isOfOneFile(upload);
    const unlessRead: Partial<Showing> = isForName ? showing : {};
    const results = await writes.run({ ...preceding, ...unlessRead });
    if (isAnyRefused(preceding, results)) return undefined;
    return this.#conclude(upload, async () => {
      const { staged, shown, settled, confirmed, closed } = results;
      const published = { file, isNewFile: true, isSettled: settled === 1 };
      if (shown !== undefined) return this.#late.check(upload, published, { confirmed, closed });
      if (staged === undefined) return this.#publish(upload);
      const [known] = await Promise.all([this.#stage(upload), this.#late.refusePurged(upload)]);
      return this.#publish(upload, known);
    });
  }

  /** @throws What `publish` throws. */
  async #conclude(
    upload: PublishableUpload,
    publish: () => Promise<Published>,
  ): Promise<Published> {
    try {
      const published = await publish();
      await this.#deps.linkUploads.settle(upload, published);
      this.#deps.onPublished(upload, published);
      return published;
    } catch (error) {
      if (isRefusedForItsPlace(error)) await this.#deps.aborter.abort(upload);
      throw error;
    }
  }

  /** @param known - The version, if it was read already. */
  async #publish(upload: PublishableUpload, known?: VersionDoc): Promise<Published> {
    const published = await this.#show(upload, known ?? (await this.#stage(upload)));
    if (published === undefined) return this.#publish(upload);
    const closing = await this.#deps.writes.run(this.#closing(upload, published.file));
    return this.#late.check(upload, published, closing);
  }

  /** The client of a resumable upload may have missed the answer, and asks again: so its ledger entry stays for a while. */
  #closing(upload: PublishableUpload, file: FileEntry): Closing {
    const { uploads, versions, now, receiptMs } = this.#deps;
    const { versionId, source } = upload;
    const state = source?.inspected?.state ?? "processing";
    const confirmed = versions.confirmation({ ...file, versionId, state });
    if (upload.resumable === null) return { confirmed, closed: uploads.removal(upload) };
    const until = new Date(now().getTime() + receiptMs);
    return { confirmed, closed: uploads.receipt(upload, file._id, until) };
  }

  async #stage(upload: PublishableUpload): Promise<VersionDoc> {
    const { versions, references, uploads, now } = this.#deps;
    const [known, isHeld] = await Promise.all([
      versions.find(upload.ownerId, upload.versionId),
      references.isHeld(upload.blobId, upload.versionId),
    ]);
    if (known !== null) return known;
    // A purge releases the blob before the version goes: when it is not held, all of this was over before.
    if (!isHeld) {
      await uploads.remove(upload.ownerId, upload._id);
      throw new UploadExpiredError();
    }
    return versions.stage(versionOf(upload, now()));
  }

  /**
   * @param version - Read before anything else, so that what is read now is at least as new.
   * @returns `undefined` when another process changed what has the name meanwhile.
   */
  async #show(upload: PublishableUpload, version: VersionDoc): Promise<Published | undefined> {
    const { entries } = this.#deps;
    const name = parseName(upload.name);
    const [target, holder] = await Promise.all([
      entries.findFile(upload.ownerId, version.fileId),
      entries.findLiveByName(upload, name.nameKey),
    ]);
    for (const entry of [target, holder]) {
      const isShown = entry?.kind === "file" && entry.versionId === version._id;
      if (isShown) return publishedAs(entry, upload);
    }
    // The file shows a later version: that one has replaced it.
    if (target !== null && version.state !== "staged") return publishedAs(target, upload);
    const outcome = await this.#resolve(upload, version, { target, holder });
    if (outcome === undefined) return undefined;
    if (typeof outcome === "object") return this.#replace(upload, version, outcome.replace);
    const isRenamed = outcome === "rename";
    const freeName = isRenamed ? await entries.findFreeName(upload, name) : name;
    return this.#add(upload, version, freeName);
  }

  /** @returns `undefined` when another process has published the upload meanwhile: then it is not refused any more. */
  async #resolve(
    upload: PublishableUpload,
    version: VersionDoc,
    { target, holder }: { target: FileEntry | null; holder: Entry | null },
  ) {
    try {
      if (isOfOneFile(upload)) return resolveFile(upload, target);
      // Somebody has made the same copy before.
      if (target !== null) throw new NameTakenError(upload.name);
      return resolveName(upload, holder);
    } catch (refusal) {
      if (await this.#deps.versions.isStaged(version)) throw refusal;
      return undefined;
    }
  }

  async #add(upload: PublishableUpload, version: VersionDoc, name: EntryName) {
    const { entries, versions } = this.#deps;
    await this.#late.refuseUnreachable(upload);
    if (!(await versions.isStaged(version))) return undefined;
    const file = fileOf(upload, version, name);
    const isAdded = await entries.insert(file, completionEvents(upload, file));
    return isAdded ? { file, isNewFile: true, isSettled: false } : undefined;
  }

  async #replace(
    upload: PublishableUpload,
    version: VersionDoc,
    holder: FileEntry,
  ): Promise<Published | undefined> {
    const { entries, versions, now } = this.#deps;
    const [isStaged] = await Promise.all([versions.isStaged(version), versions.confirm(holder)]);
    if (!isStaged) return undefined;
    const shown = shownNext(version, now());
    const events = replacementEvents(upload, { ...holder, ...shown });
    const file = await entries.showVersion(holder, shown, events);
    return file === null ? undefined : { file, isNewFile: false, isSettled: false };
  }
}
