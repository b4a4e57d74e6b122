import type { Collection, Db, Filter } from "mongodb";
import type { Id } from "../platform/ids.js";
import { olderThan } from "../platform/newest-first.js";
import type { UploadDoc } from "./upload.js";

/** The states of uploads that are under way. */
export const OPEN_STATES = [
  "receiving",
  "publishing",
  "aborting",
] as const satisfies readonly UploadDoc["state"][];
export type OpenState = (typeof OPEN_STATES)[number];

/** What an admin sees of an upload: neither names nor content. */
export type ListedUpload = Pick<
  UploadDoc,
  "_id" | "ownerId" | "state" | "expectedBytes" | "sizeBytes" | "createdAt" | "leaseUntil"
> & { readonly resumable?: { readonly offset: UploadDoc["sizeBytes"] } };

const LISTED = {
  ownerId: 1,
  state: 1,
  expectedBytes: 1,
  sizeBytes: 1,
  createdAt: 1,
  leaseUntil: 1,
  "resumable.offset": 1,
} as const;

interface After {
  readonly createdAt: Date;
  readonly id: Id;
}

/** The ledger for admins: the uploads of all accounts. */
export class UploadsAdminRepository {
  readonly #uploads: Collection<UploadDoc>;

  constructor(db: Db) {
    this.#uploads = db.collection("uploads");
  }

  /** The latest first. */
  list(state: OpenState, after: After | undefined, limit: number): Promise<ListedUpload[]> {
    const older = after && olderThan(after.createdAt, after.id);
    const filter: Filter<UploadDoc> = { state, ...older };
    return this.#uploads
      .find<ListedUpload>(filter, {
        sort: { createdAt: -1, _id: -1 },
        limit,
        batchSize: limit,
        projection: LISTED,
      })
      .toArray();
  }

  /** An upload of any account. */
  find(uploadId: Id): Promise<UploadDoc | null> {
    return this.#uploads.findOne({ _id: uploadId });
  }
}
