import type { ByteSource } from "../inspection/source.js";
import type { StoredBlob } from "../storage/blob-reader.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";

interface Deps {
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "find">;
}

/** The content of a version, for steps: also where nobody else is given it. @throws DamagedContentError when it is missing. */
export async function findContent(
  { blobs, versions }: Deps,
  { blobId, ownerId, _id }: VersionDoc,
): Promise<StoredBlob> {
  // A copy may have taken the place of the blob since the version was read.
  const current = async () => (await versions.find(ownerId, _id))?.blobId ?? blobId;
  const blob = (await blobs.find(blobId)) ?? (await blobs.find(await current()));
  if (blob === undefined) throw new DamagedContentError(blobId, "the blob is missing");
  return blob;
}

/** The content of a version, to be read in parts until `signal` is aborted. @throws DamagedContentError when it is missing. */
export async function sourceOf(
  deps: Deps & { readonly blobs: Pick<BlobStore, "read"> },
  version: VersionDoc,
  signal: AbortSignal,
): Promise<ByteSource> {
  const blob = await findContent(deps, version);
  return {
    sizeBytes: blob.sizeBytes,
    read: (window) => untilAborted(deps.blobs.read(blob, window), signal),
  };
}

/** All bytes of some pieces. */
export async function joined(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}

/** Bytes, until `signal` is aborted. */
export async function* untilAborted(
  pieces: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
