import { AppError } from "../../../common/platform/errors.js";
import { TUS_VERSION } from "./present.js";

/** The client speaks another version of tus than 1.0.0. */
export class UnsupportedTusVersionError extends AppError {
  readonly code = "unsupported-tus-version";
  constructor() {
    const detail = `The request needs Tus-Resumable: ${TUS_VERSION}`;
    super(detail, { errors: [{ in: "header", pointer: "Tus-Resumable", detail }] });
  }
}

/** The bytes do not begin where the stored ones end. */
export class OffsetConflictError extends AppError {
  readonly code = "offset-conflict";
  constructor(offset: number) {
    super(`The upload has ${offset} bytes; go on from there`, { offset });
  }
}
