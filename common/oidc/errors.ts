import { AppError } from "../platform/errors.js";

/** The OpenID provider does not answer, or not as one. */
export class IssuerUnavailableError extends AppError {
  readonly code = "unavailable";
  constructor(cause: unknown) {
    super(
      "The OpenID provider does not answer; try again later, or sign in with a password",
      { retryAfterSeconds: 10 },
      { cause },
    );
  }
}

/** What came back from the OpenID provider proves nothing. Its message is a whole sentence. */
export class SingleSignOnFailedError extends AppError {
  readonly code = "single-sign-on-failed";
  constructor(message: string, cause?: unknown) {
    super(message, {}, { cause });
  }
}

/** The OpenID provider knows the person, and this server lets it not in. */
export class NotAdmittedError extends AppError {
  readonly code = "not-admitted";
}

/** The account, or the person at the OpenID provider, is linked already. */
export class AlreadyLinkedError extends AppError {
  readonly code = "already-linked";
  constructor() {
    super("This account, or this person at the OpenID provider, is linked already");
  }
}

/** Nobody could sign in to the account any more. */
export class OnlySignInError extends AppError {
  readonly code = "only-sign-in";
  constructor() {
    super("The account has no password: set one first, or nobody could sign in to it");
  }
}
