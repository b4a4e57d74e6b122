import type { VersionDoc } from "../../versions/version.js";
import type { StoredFile, VersionKey } from "../archive.js";
import type { ExportRepository } from "../export-repository.js";
import { nameOfTime, versionLine } from "./lines.js";
import type { StepInput, StepOutput } from "./steps.js";
import { type Whereabout, Whereabouts } from "./whereabouts.js";

/** The documents of their files and folders must fit into one answer (16 MiB). */
const VERSIONS_PER_QUERY = 200;

/** Lists the versions of all files. The content of those is added that their file does not show. */
export async function listVersions(
  entries: ExportRepository,
  { archive: { ownerId }, account, position, texts }: StepInput<"versions">,
): Promise<StepOutput> {
  const versions = await entries.listVersions(ownerId, position.after, VERSIONS_PER_QUERY);
  const { rootFolderId, trashEmptiedAt } = account;
  const whereabouts = new Whereabouts({ entries, ownerId, rootFolderId, trashEmptiedAt });
  const files = await whereabouts.find([...new Set(versions.map(({ fileId }) => fileId))]);
  const members: StoredFile[] = [];
  for (const version of versions) {
    const file = files.get(version.fileId);
    if (file?.entry.kind !== "file") continue;
    const isCurrent = file.entry.versionId === version._id;
    const archivePath = isCurrent ? null : archivePathOf(version, file);
    texts.addLine("versions", versionLine(version, { ...file, archivePath, isCurrent }));
    if (archivePath !== null) members.push(memberOf(version, archivePath));
  }
  const last = versions.length < VERSIONS_PER_QUERY ? undefined : versions.at(-1);
  return {
    members,
    next:
      last === undefined
        ? { step: "audit", cursor: null }
        : { step: "versions", after: keyOf(last) },
  };
}

const keyOf = ({ fileId, createdAt, _id: versionId }: VersionDoc): VersionKey => ({
  fileId,
  createdAt,
  versionId,
});

/** The id makes it unique. The extension is kept, so that a double click opens it. */
function archivePathOf({ createdAt, _id }: VersionDoc, { path }: Whereabout): string {
  const extension = /[^/](\.[A-Za-z0-9]{1,10})$/.exec(path)?.[1] ?? "";
  return `versions${path}/${nameOfTime(createdAt)}-${_id}${extension}`;
}

function memberOf(version: VersionDoc, path: string): StoredFile {
  const { _id: versionId, blobId, sizeBytes, sha256, crc32, createdAt } = version;
  const { modifiedAt = createdAt } = version;
  return { kind: "file", path, modifiedAt, versionId, blobId, sizeBytes, sha256, crc32 };
}
