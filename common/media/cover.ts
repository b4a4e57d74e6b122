/** The picture that an audio file has of its cover; `undefined` where it has none. @throws what the parser does for damaged files. */
export async function coverOf(
  bytes: Uint8Array,
  mimeType: string,
): Promise<Uint8Array | undefined> {
  // Most processes never see an audio file.
  const { parseBuffer, selectCover } = await import("music-metadata");
  try {
    const { common } = await parseBuffer(bytes, { mimeType, size: bytes.length });
    return selectCover(common.picture)?.data;
  } catch (error) {
    // MIDI, for example, has no covers.
    if (error instanceof Error && error.name === "UnsupportedFileTypeError") return undefined;
    throw error;
  }
}
