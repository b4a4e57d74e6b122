import type { Member } from "./member.js";

/** What a number of members, the first ones of an archive or all of them, add up to. */
export interface Extent {
  readonly members: number;
  /** Their heads, contents and paddings. */
  readonly bodyBytes: number;
  /** Their records in the directory at the end. */
  readonly directoryBytes: number;
}

export const NOTHING: Extent = { members: 0, bodyBytes: 0, directoryBytes: 0 };

/**
 * How an archive is laid out: for each member a head, its content as it is, and a padding; then for each member a record of the directory;
 * then the end. All but the content follows from the members, and from where their heads begin. So the length of the whole is known in
 * advance, and each part can be made without those before it.
 */
export interface ArchiveFormat {
  readonly head: (member: Member) => Buffer;
  /** How many zero bytes follow the content. */
  readonly paddingBytes: (member: Member) => number;
  /** @param headAt - Where the head of the member begins, in bytes. */
  readonly directoryRecord: (member: Member, headAt: number) => Buffer;
  /** @param extent - Of all members. */
  readonly end: (extent: Extent) => Buffer;
}

/** The extent of some members and one more. */
export function withMember(format: ArchiveFormat, before: Extent, member: Member): Extent {
  const record = format.directoryRecord(member, before.bodyBytes);
  return {
    members: before.members + 1,
    bodyBytes: before.bodyBytes + bodyBytesOf(format, member),
    directoryBytes: before.directoryBytes + record.length,
  };
}

/** Of one member: its head, content and padding. */
export const bodyBytesOf = (format: ArchiveFormat, member: Member) =>
  format.head(member).length + member.sizeBytes + format.paddingBytes(member);

/** The length of an archive. @param extent - Of all its members. */
export const archiveBytes = (format: ArchiveFormat, extent: Extent): number =>
  extent.bodyBytes + extent.directoryBytes + format.end(extent).length;
