import { crc32 } from "node:zlib";
import { type Binary, Long } from "mongodb";
import type {
  ArchiveKind,
  ArchivePageDoc,
  StoredExtent,
  StoredMember,
  TextExtents,
  TextKey,
  TextParts,
} from "./archive.js";
import { type ArchiveFormat, type Extent, NOTHING, withMember } from "./format.js";
import type { Member } from "./member.js";
import { tarFormat } from "./tar.js";
import { zipFormat } from "./zip.js";

export const FORMATS: Readonly<Record<ArchiveKind, ArchiveFormat>> = {
  zip: zipFormat,
  tar: tarFormat,
};

/** A stored member, as formats want it. */
export function memberOf(stored: StoredMember): Member {
  const { path, modifiedAt } = stored;
  if (stored.kind === "folder") return { kind: "folder", path, modifiedAt, sizeBytes: 0, crc32: 0 };
  const sizeBytes = Number(stored.sizeBytes);
  return { kind: "file", path, modifiedAt, sizeBytes, crc32: stored.crc32 };
}

/** What an extent is in one form; of nothing by default. */
export function extentIn(kind: ArchiveKind, extent: StoredExtent | null): Extent {
  if (extent === null) return NOTHING;
  const { bodyBytes, directoryBytes } = extent[kind];
  return {
    members: extent.members,
    bodyBytes: Number(bodyBytes),
    directoryBytes: Number(directoryBytes),
  };
}

/** An extent and more members. */
export function withMembers(
  before: StoredExtent | null,
  members: readonly StoredMember[],
): StoredExtent {
  const sum = (kind: ArchiveKind) =>
    members
      .map(memberOf)
      .reduce(
        (extent, member) => withMember(FORMATS[kind], extent, member),
        extentIn(kind, before),
      );
  const stored = ({ bodyBytes, directoryBytes }: Extent) => ({
    bodyBytes: Long.fromNumber(bodyBytes),
    directoryBytes: Long.fromNumber(directoryBytes),
  });
  const zip = sum("zip");
  return { members: zip.members, zip: stored(zip), tar: stored(sum("tar")) };
}

/** Of all members and texts up to a page, and with it. @param page - With its texts. */
export function extentBehind({
  before,
  members,
  texts = {},
}: Pick<ArchivePageDoc, "before" | "members" | "texts">): StoredExtent {
  const extents = withTexts(before?.texts ?? {}, texts);
  const isPlain = Object.keys(extents).length === 0;
  return { ...withMembers(before, members), ...(!isPlain && { texts: extents }) };
}

/** The extents of some texts and more parts of them. */
export function withTexts(before: TextExtents, parts: TextParts): TextExtents {
  const grown = { ...before };
  for (const [key, part] of Object.entries(parts) as [TextKey, Binary][]) {
    const bytes = bytesOf(part);
    const known = before[key];
    grown[key] = {
      sizeBytes: Long.fromNumber(Number(known?.sizeBytes ?? 0) + bytes.length),
      crc32: crc32(bytes, known?.crc32 ?? 0),
    };
  }
  return grown;
}

/** The bytes of a part of a text. */
export const bytesOf = ({ buffer, position }: Binary): Buffer =>
  Buffer.from(buffer.buffer, buffer.byteOffset, position);
