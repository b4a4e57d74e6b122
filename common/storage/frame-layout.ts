import { SEAL_BYTES } from "./frame-cipher.js";

/** How the content of a blob lies in its chunks: as it is, or in sealed frames, one a chunk. */
export interface FrameLayout {
  /** Stored bytes of every chunk but the last. */
  readonly chunkSizeBytes: number;
  readonly isEncrypted: boolean;
}

const sealOf = ({ isEncrypted }: Pick<FrameLayout, "isEncrypted">) =>
  isEncrypted ? SEAL_BYTES : 0;

/** How much content every frame but the last of a blob holds, in bytes. */
export function frameBytesOf(layout: FrameLayout): number {
  return layout.chunkSizeBytes - sealOf(layout);
}

/** How many bytes content takes in the chunks of a blob. Sealed content has at least one frame, be it empty. */
export function storedBytesOf(sizeBytes: number, layout: FrameLayout): number {
  return sizeBytes + sealOf(layout) * Math.max(1, Math.ceil(sizeBytes / frameBytesOf(layout)));
}

/** How many bytes of content a blob of `storedBytes` holds; `undefined` when no content takes so many. */
export function contentBytesOf(storedBytes: number, layout: FrameLayout): number | undefined {
  const { chunkSizeBytes, isEncrypted } = layout;
  const isPossible =
    Number.isSafeInteger(chunkSizeBytes) &&
    Number.isSafeInteger(storedBytes) &&
    frameBytesOf(layout) > 0 &&
    storedBytes >= sealOf(layout);
  if (!isPossible) return undefined;
  const chunks = Math.ceil(storedBytes / chunkSizeBytes);
  const sizeBytes = storedBytes - chunks * sealOf(layout);
  // Every frame but that of empty content holds something.
  const isWhole =
    !isEncrypted || chunks === Math.max(1, Math.ceil(sizeBytes / frameBytesOf(layout)));
  return isWhole ? sizeBytes : undefined;
}
