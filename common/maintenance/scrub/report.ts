import type { DamagedBlobDoc } from "../../storage/damaged-blobs.js";
import type { VersionDoc } from "../../versions/version.js";
import type { ScrubResult } from "./scrub.js";

const BAR_CHARACTERS = 30;
const MIB = 1024 ** 2;

/** What a terminal shows while all content is read. @param blobs - About how many there are. */
export function progressText(soFar: ScrubResult, blobs: number): string {
  const done = blobsIn(soFar);
  const part = Math.min(1, blobs === 0 ? 1 : done / blobs);
  const full = Math.floor(part * BAR_CHARACTERS);
  const bar = "#".repeat(full).padEnd(BAR_CHARACTERS, ".");
  return `[${bar}] ${done} of ${blobs} blobs, ${mebibytes(soFar.bytes)}, ${soFar.damaged} damaged`;
}

/** One sentence about a reading of all content. */
export function resultText(result: ScrubResult): string {
  const unchecked =
    result.unchecked === 0
      ? ""
      : ` ${result.unchecked} could not be checked: the key that they are encrypted with is not set.`;
  return `Read ${blobsIn(result)} blobs, ${mebibytes(result.bytes)}: ${result.damaged} damaged.${unchecked}`;
}

/** Everything that is damaged, a line each, with the ids that lead to it; one sentence where nothing is. */
export function damageReport(
  damaged: readonly DamagedBlobDoc[],
  versions: readonly VersionDoc[],
): string {
  if (damaged.length === 0) return "Nothing is known to be damaged.\n";
  return damaged
    .map(({ _id, kind, reason, foundAt }) => {
      const version = versions.find(({ blobId }) => blobId.equals(_id));
      const whose =
        version === undefined
          ? ""
          : ` version=${version._id} file=${version.fileId} owner=${version.ownerId}`;
      return `${foundAt.toISOString()} ${kind} blob=${_id.toHexString()}${whose}: ${reason}\n`;
    })
    .join("");
}

const blobsIn = ({ sound, damaged, unchecked, gone }: ScrubResult) =>
  sound + damaged + unchecked + gone;

const mebibytes = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
