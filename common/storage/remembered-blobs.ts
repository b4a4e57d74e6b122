import type { BlobStore } from "./blob-store.js";
import type { StoredBlob } from "./stored-blob.js";

/** Of some 500 bytes each. */
const MOST_REMEMBERED = 1000;

/**
 * Remembers the blobs that were found last, so that whoever reads a file range by range looks for its blob once. What a committed
 * blob is described by never changes: its key may be wrapped anew, but stays the same key, and other content is another blob. That a
 * blob was removed is not noticed here but by whoever reads its chunks; so ask for one only when something that is not remembered has
 * just named it.
 */
export function rememberedBlobs(
  blobs: Pick<BlobStore, "find" | "read">,
): Pick<BlobStore, "find" | "read"> {
  /** In the order in which they were found. */
  const remembered = new Map<string, StoredBlob>();

  const remember = (key: string, blob: StoredBlob) => {
    remembered.set(key, blob);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) return;
      remembered.delete(oldest);
    }
  };

  return {
    read: (blob, window) => blobs.read(blob, window),
    async find(blobId) {
      const key = blobId.toHexString();
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const found = await blobs.find(blobId);
      if (found !== undefined) remember(key, found);
      return found;
    },
  };
}
