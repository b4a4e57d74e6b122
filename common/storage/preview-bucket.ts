import type { Binary, Collection, Db, IndexDescription, Long, ObjectId } from "mongodb";

/** Every preview is in one chunk. */
export const PREVIEW_CHUNK_BYTES = 8 * 1024 * 1024;

/** A document of `previews.files` (GridFS specification). It is there before its chunk is, and goes after it. */
export interface PreviewFileDoc {
  _id: ObjectId;
  length: Long;
  chunkSize: number;
  uploadDate: Date;
  filename: string;
  metadata: {
    /** What it is a preview of. */
    blobId: ObjectId;
    contentType: string;
    width: number;
    height: number;
  };
}

/** A document of `previews.chunks` (GridFS specification). It is encrypted where the blob is. */
export interface PreviewChunkDoc {
  _id: ObjectId;
  files_id: ObjectId;
  n: number;
  data: Binary | Buffer;
}

/** The two collections of the GridFS bucket `previews`. */
export interface PreviewBucket {
  readonly files: Collection<PreviewFileDoc>;
  readonly chunks: Collection<PreviewChunkDoc>;
}

export function openPreviewBucket(db: Db): PreviewBucket {
  return { files: db.collection("previews.files"), chunks: db.collection("previews.chunks") };
}

export const previewIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  "previews.files": [{ key: { filename: 1, uploadDate: 1 } }, { key: { "metadata.blobId": 1 } }],
  "previews.chunks": [{ key: { files_id: 1, n: 1 }, unique: true }],
};

/**
 * Removes the previews of blobs. Their chunks go first: a crash leaves documents by which the sweep finds the rest.
 *
 * @param keptIds - Previews that stay.
 */
export async function removePreviews(
  { files, chunks }: PreviewBucket,
  blobIds: readonly ObjectId[],
  keptIds: readonly ObjectId[] = [],
): Promise<number> {
  const found = await files
    .find(
      { "metadata.blobId": { $in: [...blobIds] }, _id: { $nin: [...keptIds] } },
      { projection: { _id: 1 } },
    )
    .toArray();
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  await chunks.deleteMany({ files_id: { $in: ids } });
  await files.deleteMany({ _id: { $in: ids } });
  return ids.length;
}
