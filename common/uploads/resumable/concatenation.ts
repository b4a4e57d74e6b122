import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "../../access/actor.js";
import type { Place } from "../../access/grants.js";
import { NotFoundError } from "../../platform/errors.js";
import type { Id } from "../../platform/ids.js";
import type { Quota } from "../../quota/service.js";
import { DamagedContentError } from "../../storage/errors.js";
import type { BlobStore } from "../../storage/blob-store.js";
import {
  ChecksumMismatchError,
  ConcatenationRunningError,
  UnfinishedPartError,
  UploadTakenOverError,
} from "../errors.js";
import type { UploadsRepository } from "../repository.js";
import type { IncomingUpload, Uploads } from "../service.js";
import type { ResumableUploads } from "./service.js";
import { newState, type ResumableIntent } from "./state.js";
import type { ResumableUpload } from "./upload.js";

interface Deps {
  readonly incoming: Uploads;
  readonly resumables: ResumableUploads;
  readonly uploads: Pick<UploadsRepository, "findByActor">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly quota: Pick<Quota, "reserve">;
}

/** A final upload, and the file that it has become. */
interface Concatenated {
  readonly uploadId: Id;
  readonly fileId: Id;
}

/** How often a repeated request asks whether the first one is done, in milliseconds. */
const POLL_MS = 200;

/**
 * Concatenates parts, in the order that the client says (tus 1.0, concatenation). Parts end anywhere and frames do not, so their
 * bytes are read and written once more. Afterwards the parts are removed.
 *
 * That may take longer than a proxy waits, so it does not need its client. The id of the final upload follows from its parts: a request
 * that is sent again finds the first one, waits for it, and gets its answer.
 */
export class Concatenation {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws NotFoundError, UnfinishedPartError about a part; NotFoundError also when the file of an earlier request is deleted.
   * @throws ChecksumMismatchError, ContentTooLargeError, PreconditionFailedError, NameTakenError, QuotaExceededError. The parts stay
   * after every error.
   */
  async run(
    { actor, place }: Pick<Final, "actor" | "place">,
    intent: ResumableIntent,
    partIds: readonly Id[],
  ): Promise<Concatenated> {
    const final = { actor, place, intent, uploadId: idOf(intent, partIds) };
    for (;;) {
      const earlier = await this.#findEarlier(final);
      if (earlier !== undefined) return earlier;
      try {
        return await this.#begin(final, partIds);
      } catch (error) {
        if (!(await this.#isOvertaken(final, error))) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  /** Whether another request with the same parts was faster: it has them, the upload exists already, or the parts are gone. */
  async #isOvertaken(final: Final, error: unknown): Promise<boolean> {
    if (error instanceof UploadTakenOverError) return true;
    if (error instanceof ConcatenationRunningError) return true;
    return error instanceof NotFoundError && (await this.#find(final)) !== null;
  }

  /** Waits for the result of an earlier request with the same parts; `undefined` when there is none, or it has failed. */
  async #findEarlier(final: Final): Promise<Concatenated | undefined> {
    for (;;) {
      const upload = await this.#find(final);
      if (upload === null) return undefined;
      if (upload.state === "published") {
        const { _id: uploadId, fileId } = await this.#deps.resumables.find(final.actor, upload._id);
        return { uploadId, fileId };
      }
      await sleep(POLL_MS);
    }
  }

  #find({ place, uploadId }: Final) {
    return this.#deps.uploads.findByActor(place.actorId, uploadId);
  }

  async #begin(final: Final, partIds: readonly Id[]): Promise<Concatenated> {
    const { actor } = final;
    const parts: ResumableUpload[] = [];
    try {
      for (const partId of partIds) parts.push(await this.#deps.resumables.openPart(actor, partId));
      const fileId = await this.#join(final, parts);
      // What cannot be removed now expires.
      for (const part of parts) await part.remove().catch(() => undefined);
      return { uploadId: final.uploadId, fileId };
    } finally {
      await Promise.all(parts.map((part) => part.release()));
    }
  }

  /** @returns The id of the file. */
  async #join({ place, intent, uploadId }: Final, parts: readonly ResumableUpload[]): Promise<Id> {
    const { incoming } = this.#deps;
    const expectedBytes = parts.reduce((sum, part) => sum + wholeBytes(part), 0);
    const partIds = parts.map(({ upload }) => upload._id);
    const resumable = { ...(await newState(intent)), partIds };
    try {
      const known = { uploadId, resumable };
      const upload = await incoming.admit(place, { ...intent, expectedBytes }, known);
      await upload.receive(this.#contentOf(parts));
      await refuseMismatch(upload, intent);
      return (await upload.publish()).file._id;
    } catch (error) {
      if (!(error instanceof UploadTakenOverError)) await this.#reserveAgain(parts);
      throw error;
    }
  }

  async *#contentOf(parts: readonly ResumableUpload[]): AsyncGenerator<Buffer, void, undefined> {
    for (const part of parts) {
      const { blobId } = part.upload;
      const blob = await this.#deps.blobs.find(blobId);
      if (blob === undefined) throw new DamagedContentError(blobId, "a part's blob is missing");
      if (blob.sizeBytes === 0) continue;
      yield* this.#deps.blobs.read(blob, { first: 0, last: blob.sizeBytes - 1 });
    }
  }

  /** The final upload took the reservations of its parts, and has released them. A part is removed when there is no room for it any more. */
  async #reserveAgain(parts: readonly ResumableUpload[]): Promise<void> {
    for (const part of parts) {
      const { ownerId, _id: uploadId } = part.upload;
      try {
        await this.#deps.quota.reserve({ ownerId, uploadId }, wholeBytes(part));
      } catch {
        await part.remove().catch(() => undefined);
      }
    }
  }
}

/** A final upload: one that is concatenated from parts. */
interface Final {
  /** Whose parts they are. */
  readonly actor: Actor;
  readonly place: Place;
  readonly intent: ResumableIntent;
  readonly uploadId: Id;
}

/** The same for the same parts and metadata. Nobody else can ask for it: the ids of parts cannot be guessed. */
function idOf({ metadata }: ResumableIntent, partIds: readonly Id[]): Id {
  const digest = createHash("sha256")
    .update(JSON.stringify([metadata, ...partIds]))
    .digest();
  return digest.subarray(0, 16).toString("base64url");
}

/** @throws UnfinishedPartError */
function wholeBytes({ upload, offset, lengthBytes }: ResumableUpload): number {
  const isWholePart = upload.resumable.isPart && offset === lengthBytes;
  if (!isWholePart) throw new UnfinishedPartError(upload._id);
  return offset;
}

async function refuseMismatch(
  upload: IncomingUpload,
  { claimedSha256 }: ResumableIntent,
): Promise<void> {
  if (claimedSha256 === null || claimedSha256 === upload.received?.sha256) return;
  await upload.abort();
  throw new ChecksumMismatchError("sha256");
}
