import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "../access/actor.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Quota } from "../quota/service.js";
import { DamagedContentError } from "../storage/errors.js";
import type { Admission } from "./admission.js";
import { ChecksumMismatchError, UnfinishedPartError, UploadExistsError } from "./errors.js";
import { StreamedUpload, type StreamedUploadDeps } from "./streamed-upload.js";
import { newResumableState, type ResumableIntent } from "./resumable-intent.js";
import type { ResumableUploads } from "./resumable-service.js";
import type { ResumableUpload } from "./resumable-upload.js";

interface Deps extends StreamedUploadDeps {
  readonly resumables: ResumableUploads;
  readonly admission: Admission;
  readonly quota: Pick<Quota, "reserve">;
}

/** Content that was put together, and the file that it became. */
export interface Concatenated {
  readonly uploadId: Id;
  readonly fileId: Id;
}

/** How often a repeated request looks how far the first has come, in milliseconds. */
const POLL_MS = 200;

/**
 * Puts uploads that were sent as parts together, in the order that the client says (tus 1.0, concatenation). Parts end
 * anywhere and frames do not, so their bytes are read and written once more; afterwards the parts are gone.
 *
 * That may take longer than a proxy waits. It goes on without its client, who can ask again: the upload's id follows from its
 * parts, so whoever repeats the request finds the first one, waits for it, and gets its answer.
 */
export class Concatenation {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws NotFoundError, UnfinishedPartError about a part; the parts stay as they are then.
   * @throws ChecksumMismatchError, ContentTooLargeError, PreconditionFailedError, NameTakenError, QuotaExceededError; likewise.
   */
  async run(actor: Actor, intent: ResumableIntent, partIds: readonly Id[]): Promise<Concatenated> {
    const uploadId = idOf(intent, partIds);
    for (;;) {
      const earlier = await this.#findEarlier(actor, uploadId);
      if (earlier !== undefined) return earlier;
      try {
        return await this.#begin(actor, { ...intent, uploadId }, partIds);
      } catch (error) {
        if (!(await this.#wasOvertaken(actor, uploadId, error))) throw error;
      }
    }
  }

  /** Whether another request with the same parts was faster: the upload is there already, or the parts are gone. */
  async #wasOvertaken({ home }: Actor, uploadId: Id, error: unknown): Promise<boolean> {
    if (error instanceof UploadExistsError) return true;
    if (!(error instanceof NotFoundError)) return false;
    return (await this.#deps.uploads.find(home.ownerId, uploadId)) !== null;
  }

  /** What a request before made of the same parts; one that is under way is waited for. `undefined` when there is none any more. */
  async #findEarlier(actor: Actor, uploadId: Id): Promise<Concatenated | undefined> {
    for (;;) {
      const upload = await this.#deps.uploads.find(actor.home.ownerId, uploadId);
      if (upload === null) return undefined;
      if (upload.state === "published") return { uploadId, fileId: upload.fileId };
      await sleep(POLL_MS);
    }
  }

  async #begin(actor: Actor, intent: FinalIntent, partIds: readonly Id[]): Promise<Concatenated> {
    const parts: ResumableUpload[] = [];
    try {
      for (const partId of partIds) parts.push(await this.#deps.resumables.open(actor, partId));
      const concatenated = await this.#join(actor, intent, parts);
      // What cannot be removed now expires.
      for (const part of parts) await part.remove().catch(() => undefined);
      return concatenated;
    } finally {
      await Promise.all(parts.map((part) => part.release()));
    }
  }

  async #join(
    actor: Actor,
    intent: FinalIntent,
    parts: readonly ResumableUpload[],
  ): Promise<Concatenated> {
    const { admission, now, leaseMs } = this.#deps;
    const expectedBytes = parts.reduce((sum, part) => sum + wholeBytes(part), 0);
    const partIds = parts.map(({ upload }) => upload._id);
    const resumable = { ...(await newResumableState(intent, now())), partIds };
    try {
      const terms = { uploadId: intent.uploadId, leaseMs, resumable };
      const prepared = await admission.prepare(actor, { ...intent, expectedBytes }, terms);
      const incoming = new StreamedUpload(this.#deps, await admission.enter(prepared));
      await incoming.receive(this.#contentOf(parts));
      await refuseMismatch(incoming, intent);
      const { file } = await incoming.publish();
      return { uploadId: intent.uploadId, fileId: file._id };
    } catch (error) {
      if (!(error instanceof UploadExistsError)) await this.#reserveAgain(parts);
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

  /** The whole took the parts' room over and gave it back. A part that finds none any more goes. */
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

interface FinalIntent extends ResumableIntent {
  readonly uploadId: Id;
}

/** The same for the same parts under the same description, and for nobody else: the ids of parts cannot be guessed. */
function idOf({ metadata }: ResumableIntent, partIds: readonly Id[]): Id {
  const digest = createHash("sha256")
    .update(JSON.stringify([metadata, ...partIds]))
    .digest();
  return digest.subarray(0, 16).toString("base64url");
}

/** @throws UnfinishedPartError */
function wholeBytes({ upload }: ResumableUpload): number {
  const offset = Number(upload.resumable.offset);
  const isWhole = upload.expectedBytes !== null && offset === Number(upload.expectedBytes);
  if (!upload.resumable.isPart || !isWhole) throw new UnfinishedPartError(upload._id);
  return offset;
}

async function refuseMismatch(
  incoming: StreamedUpload,
  { claimedSha256 }: ResumableIntent,
): Promise<void> {
  if (claimedSha256 === null || claimedSha256 === incoming.received?.sha256) return;
  await incoming.abort();
  throw new ChecksumMismatchError("sha256");
}
