import type { ClientTrace } from "../credentials/credential.js";
import { type Id, newId } from "../platform/ids.js";
import type { LinkActivity } from "./activity.js";
import type { LinkDoc } from "./link.js";
import type { LinkUseDoc, LinkUsesRepository } from "./uses-repository.js";

/** A download that goes on later than this is a new one. */
const MOST_PAUSE_MS = 60 * 60 * 1000;

interface Deps {
  readonly uses: Pick<LinkUsesRepository, "insert" | "addSent" | "findLatest">;
  readonly activity: Pick<LinkActivity, "began">;
  readonly now: () => Date;
  /** How long a use is kept, in milliseconds. */
  readonly logMs: number;
}

/** What is downloaded, and by whom. */
export interface Downloading {
  readonly client: ClientTrace;
  readonly entryId: Id;
  readonly name: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Whether the client asks for what it does not have yet of content that it has the beginning of. */
  readonly isResumed: boolean;
}

/** What has arrived by a link, and from whom. */
export interface Uploaded {
  /** Of the upload: however often it is noted, it is one use. */
  readonly id: Id;
  readonly startedAt: Date;
  readonly client: ClientTrace;
  readonly entryId: Id;
  readonly name: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Writes down who used a link. Nothing is decided by it. */
export class LinkUseLog {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A download begins, or goes on with the latest one of the same content by the same client. */
  async beginDownload(
    link: LinkDoc,
    { isResumed, client, etag, entryId, name, sizeBytes }: Downloading,
  ): Promise<LinkUseDoc> {
    const { uses, activity, now } = this.#deps;
    const startedAt = now();
    const ids = { ownerId: link.ownerId, linkId: link._id };
    const since = new Date(startedAt.getTime() - MOST_PAUSE_MS);
    const earlier = isResumed ? await uses.findLatest(ids, { client, etag, since }) : null;
    if (earlier !== null) return earlier;
    const use: LinkUseDoc = {
      ...{ _id: newId(), ...ids, kind: "download", startedAt, lastAt: startedAt, client },
      ...{ entryId, name, etag, sizeBytes, bytes: 0, isComplete: false },
      expiresAt: this.#endOf(startedAt),
    };
    await uses.insert(use);
    await activity.began(link);
    return use;
  }

  /** A request of a download has ended. @param bytes - How many bytes of content it has sent. */
  async endDownload(use: LinkUseDoc, bytes: number): Promise<void> {
    const { uses, now } = this.#deps;
    await uses.addSent(use, { bytes, isWhole: true, at: now() });
  }

  /** A file is stored. */
  async noteUpload(
    link: LinkDoc,
    { id, startedAt, client, entryId, name, etag, sizeBytes }: Uploaded,
  ): Promise<void> {
    const lastAt = this.#deps.now();
    const ids = { _id: id, ownerId: link.ownerId, linkId: link._id };
    await this.#deps.uses.insert({
      ...{ ...ids, kind: "upload", startedAt, lastAt, client, entryId, name, etag, sizeBytes },
      ...{ bytes: sizeBytes, isComplete: true, expiresAt: this.#endOf(lastAt) },
    });
    await this.#deps.activity.began(link);
  }

  #endOf(at: Date): Date {
    return new Date(at.getTime() + this.#deps.logMs);
  }
}
