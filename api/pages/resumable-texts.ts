import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

const ASK_OFFSET = "Send HEAD to the upload to learn its offset, and go on from there.";

/** The texts of resumable uploads. */
export const RESUMABLE_TEXTS = {
  "checksum-mismatch": {
    meaning:
      "The bytes of a resumable upload are not what Upload-Checksum or the upload's sha256 says.",
    remedy: `Nothing of this piece was kept. ${ASK_OFFSET} After a wrong sha256 of the whole file, begin anew.`,
  },
  "concatenation-running": {
    meaning:
      "The upload is being put together with others, and cannot be changed until that is over.",
    remedy: "Wait a moment, and send the request again.",
  },
  "final-upload": {
    meaning: "The upload is put together from parts, and takes no bytes of its own.",
    remedy: "Send the bytes to the parts, before they are put together.",
  },
  "offset-conflict": {
    meaning: "The bytes do not begin where the upload ends so far.",
    remedy: ASK_OFFSET,
  },
  "unfinished-part": {
    meaning: "A part of the upload that is to be put together is not complete.",
    remedy: "Send the rest of each part first.",
  },
  "unsupported-tus-version": {
    meaning: "The client speaks another version of tus.",
    remedy: "Send Tus-Resumable: 1.0.0.",
  },
  "upload-expired": {
    meaning: "The upload made no progress for too long, and was removed.",
    remedy: "Begin the upload again.",
  },
  "upload-published": {
    meaning: "The upload is complete, and has become a file.",
    remedy: "Use the file in Content-Location. Delete that to remove the content.",
  },
  "upload-taken-over": {
    meaning: "Another request has continued this upload. The bytes that had arrived are kept.",
    remedy: ASK_OFFSET,
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;
