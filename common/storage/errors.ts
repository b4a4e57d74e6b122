import type { ObjectId } from "mongodb";
import { AppError } from "../platform/errors.js";

/** The stored bytes of a blob are missing, short, in disorder or altered. Nothing wrong is ever served instead. */
export class DamagedContentError extends AppError {
  readonly code = "damaged-content";
  readonly blobId: ObjectId;
  readonly reason: string;

  constructor(blobId: ObjectId, reason: string) {
    super("The stored content is damaged and cannot be served");
    this.blobId = blobId;
    this.reason = reason;
  }
}

/** Content is encrypted with a key that this process was not given. `keyId` is for the log; clients do not learn it. */
export class EncryptionKeyError extends AppError {
  readonly code = "encryption-key-missing";
  readonly keyId: string;
  readonly reason: string;

  constructor(keyId: string, reason: string, options?: ErrorOptions) {
    super(
      "The key that this content is encrypted with is not available to the server",
      {},
      options,
    );
    this.keyId = keyId;
    this.reason = reason;
  }
}

/** The content does not have a digest that the client claims for it (RFC 9530). Nothing of it was stored. */
export class DigestMismatchError extends AppError {
  readonly code = "digest-mismatch";
  constructor(algorithm: string) {
    super(`The content does not match the claimed ${algorithm} digest`, {
      algorithm,
    });
  }
}

/** The content does not have the announced length. */
export class IncompleteContentError extends AppError {
  readonly code = "incomplete-body";
  constructor(facts: { expectedBytes: number; receivedBytes: number }) {
    super(`${facts.expectedBytes} bytes were announced and ${facts.receivedBytes} arrived`, facts);
  }
}

/** Something harmful was found in the content, or it could not be scanned and must not be served without. Nobody is given it. */
export class QuarantinedError extends AppError {
  readonly code = "quarantined";
  constructor() {
    super("The content is in quarantine: only an admin can release it");
  }
}

/** The content was stored a moment ago, and is not given out before it was inspected. */
export class ContentNotReadyError extends AppError {
  readonly code = "content-not-ready";
  constructor() {
    super("The file was just uploaded and is being inspected; try again soon", {
      retryAfterSeconds: 2,
    });
  }
}
