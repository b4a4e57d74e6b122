import { formatBytes } from "../../platform/progress.js";
import type { DamagedBlobDoc } from "../../damaged-blobs/repository.js";
import type { VersionDoc } from "../../versions/version.js";
import type { ScrubResult } from "./scrub.js";

/** One sentence about a reading of all content. */
export function resultText(result: ScrubResult): string {
  const unchecked =
    result.unchecked === 0
      ? ""
      : ` ${result.unchecked} could not be checked: the key that they are encrypted with is not set.`;
  return `Read ${blobsIn(result)} blobs, ${formatBytes(result.bytes)}: ${result.damaged} damaged.${unchecked}`;
}

/** Everything that is damaged, a line each, with the ids that lead to it; one sentence where nothing is. */
export function damageReport(
  damaged: readonly DamagedBlobDoc[],
  versions: readonly VersionDoc[],
): string {
  if (damaged.length === 0) return "Nothing is known to be damaged.\n";
  return damaged
    .map(({ _id, kind, reason, foundAt }) => {
      const whose = versions
        .filter(({ blobId }) => blobId.equals(_id))
        .map((one) => ` version=${one._id} file=${one.fileId} owner=${one.ownerId}`)
        .join("");
      return `${foundAt.toISOString()} ${kind} blob=${_id.toHexString()}${whose}: ${reason}\n`;
    })
    .join("");
}

const blobsIn = ({ sound, damaged, unchecked, gone }: ScrubResult) =>
  sound + damaged + unchecked + gone;
