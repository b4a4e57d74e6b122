import type { OwnView } from "../../access/audit-view.js";
import type { ListedEvent } from "../../audit/listing.js";
import type { Entry } from "../../entries/entry.js";
import type { VersionDoc } from "../../versions/version.js";

/** Where something is, or was, and where it lies in the archive: `null` where its content is not there once more. */
interface Where {
  readonly path: string;
  readonly archivePath: string | null;
}

/** What an entry is, as a line of its export. */
export function entryLine(entry: Entry, { path, archivePath }: Where) {
  const { _id: id, kind, parentId, name, actorId, createdAt, updatedAt, modifiedAt } = entry;
  const { tags = [], description = "", isFavourite = false, properties = [] } = entry;
  return {
    id,
    kind,
    folderId: parentId,
    path,
    archivePath: entry.kind === "mount" ? null : archivePath,
    name,
    ...(entry.kind === "file" && contentOf(entry)),
    ...(entry.kind === "mount" && { targetId: entry.target.entryId }),
    tags,
    description,
    isFavourite,
    properties: Object.fromEntries(properties.map(({ key, value }) => [key, value])),
    actorId,
    createdAt,
    updatedAt,
    modifiedAt,
  };
}

type Content = Pick<
  VersionDoc,
  "sizeBytes" | "type" | "claimedType" | "state" | "sha256" | "crc32"
> & { readonly versionId?: string };

const contentOf = ({ versionId, sizeBytes, type, claimedType, state, sha256, crc32 }: Content) => ({
  ...(versionId !== undefined && { versionId }),
  sizeBytes: Number(sizeBytes),
  type,
  claimedType,
  state,
  sha256,
  crc32: crc32.toString(16).padStart(8, "0"),
});

/** What a version is. */
export function versionLine(
  version: VersionDoc,
  where: Where & { readonly isCurrent: boolean; readonly isTrashed: boolean },
) {
  const { _id: id, fileId, label, actorId, createdAt, modifiedAt = createdAt } = version;
  const { path, archivePath, isCurrent, isTrashed } = where;
  return {
    id,
    fileId,
    path,
    archivePath,
    isCurrent,
    isTrashed,
    ...contentOf(version),
    label,
    actorId,
    createdAt,
    modifiedAt,
  };
}

/** What happened, as the account itself may see it. */
export function eventLine(event: OwnView<ListedEvent>) {
  const { id, at, action, actor, target, outcome, reason, client, requestId, changes } = event;
  return { id, at, action, actor, target, outcome, reason, client, requestId, changes };
}

/** A time in a name: without colons, which some systems do not allow there. */
export const nameOfTime = (at: Date) => at.toISOString().replaceAll(":", "-");
