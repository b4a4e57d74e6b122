import { decodeCursor, pageOf } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Quota } from "../quota/service.js";
import type { ListedUpload, OpenState, UploadsAdminRepository } from "./admin-repository.js";
import { UploadPublishedError } from "./errors.js";
import type { UploadsRepository } from "./repository.js";
import { isResumable, type ResumableUploads } from "./resumable/service.js";

/** An upload of any account, for admins. */
export interface OpenUpload {
  readonly id: Id;
  readonly ownerId: Id;
  readonly state: OpenState;
  readonly isResumable: boolean;
  /** `null` while no length is announced. */
  readonly expectedBytes: number | null;
  /** What is kept; `null` for an upload in one request, until all of it has arrived. */
  readonly receivedBytes: number | null;
  readonly createdAt: Date;
  /** When it is removed, unless more of it arrives before. */
  readonly expiresAt: Date;
}

/** A page of uploads, the latest first. */
export interface OpenUploadPage {
  readonly items: readonly OpenUpload[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

interface Deps {
  readonly everybodys: UploadsAdminRepository;
  readonly uploads: Pick<UploadsRepository, "decideToAbort">;
  readonly resumables: Pick<ResumableUploads, "cancel">;
  readonly quota: Pick<Quota, "release">;
}

/** What admins do with the uploads of others. */
export class UploadAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws InvalidCursorError */
  async list(query: {
    readonly state: OpenState;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<OpenUploadPage> {
    const { state, limit, cursor } = query;
    const list = ["open uploads", state];
    const position = cursor === undefined ? undefined : decodeCursor(list, "number", cursor);
    const after = position && { createdAt: new Date(position.value), id: position.id };
    const found = await this.#deps.everybodys.list(state, after, limit + 1);
    const { items, nextCursor } = pageOf(found, {
      limit,
      list,
      positionOf: ({ createdAt, _id: id }) => ({ value: createdAt.getTime(), id }),
    });
    return { items: items.map((upload) => shown(upload, state)), nextCursor };
  }

  /**
   * Gives up an upload that is under way, and its reservation at once. Its bytes go with it; those of an upload in one request go when
   * that request has noticed, or its lease has ended.
   *
   * @returns whose it was.
   * @throws {@link NotFoundError}
   * @throws {@link UploadPublishedError} when its bytes are a file's.
   * @throws ConcatenationRunningError
   */
  async cancel(uploadId: Id): Promise<Id> {
    const { everybodys, uploads, resumables, quota } = this.#deps;
    for (;;) {
      const upload = await everybodys.find(uploadId);
      if (upload === null || upload.state === "aborting") throw new NotFoundError("upload");
      if (upload.state !== "receiving") throw new UploadPublishedError();
      const { ownerId } = upload;
      if (isResumable(upload)) await resumables.cancel(upload);
      // The request still writes: until it has stopped, or is gone, the ledger tells what is to be removed.
      else if (await uploads.decideToAbort(upload)) await quota.release({ ownerId, uploadId });
      else continue;
      return ownerId;
    }
  }
}

function shown(upload: ListedUpload, state: OpenState): OpenUpload {
  const { _id: id, ownerId, expectedBytes, sizeBytes, resumable, createdAt, leaseUntil } = upload;
  return {
    id,
    ownerId,
    state,
    isResumable: resumable !== undefined,
    expectedBytes: numberOf(expectedBytes),
    receivedBytes: numberOf(resumable?.offset ?? sizeBytes),
    createdAt,
    expiresAt: leaseUntil,
  };
}

// Longs come back as numbers.
const numberOf = (long: ListedUpload["sizeBytes"]) => (long === null ? null : Number(long));
