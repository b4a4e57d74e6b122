import { AppError, NotFoundError } from "../../../common/platform/errors.js";
import {
  ContentTooLargeError,
  OffsetConflictError,
  UploadExpiredError,
} from "../../../common/uploads/errors.js";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { IncompleteBodyError, MalformedRequestError } from "../../http/errors.js";

/**
 * What the library refuses in its words, in ours; what our own parts threw inside it comes out as it was.
 *
 * @param thrown - What the library said that it caught.
 */
export async function toRefusal(
  thrown: unknown,
  response: Response,
  held: ResumableUpload | undefined,
): Promise<unknown> {
  if (thrown instanceof Error) return thrown;
  const reason = (await response.text()).trim();
  return refusalOf(response.status, reason, held);
}

function refusalOf(status: number, reason: string, held: ResumableUpload | undefined): Error {
  switch (status) {
    case 404:
      return new NotFoundError("upload");
    case 409:
      return new OffsetConflictError(Number(held?.upload.resumable.offset ?? 0));
    case 410:
      return new UploadExpiredError();
    case 413:
      return new ContentTooLargeError(Number(held?.upload.expectedBytes ?? 0));
    case 500:
      return new Error(`@tus/server failed: ${reason}`);
    default:
      return /aborted/i.test(reason)
        ? new IncompleteBodyError()
        : new MalformedRequestError(reason);
  }
}

/** The client speaks another version of tus than 1.0.0. */
export class UnsupportedTusVersionError extends AppError {
  readonly code = "unsupported-tus-version";
  constructor() {
    super("The request needs Tus-Resumable: 1.0.0");
  }
}
