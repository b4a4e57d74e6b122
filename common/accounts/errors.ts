import type { SecondFactorChoice } from "../factors/second-factor.js";
import { AppError, type ErrorFacts } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Deletion } from "./account.js";

/** Somebody has this username already; case does not count. */
export class UsernameTakenError extends AppError {
  readonly code = "username-taken";
  constructor() {
    super("This username is taken");
  }
}

/** Somebody could not sign in. */
export abstract class SignInError extends AppError {
  /** The account of the attempt, or `undefined` if there is no such account. It goes into the audit log, never into the answer. */
  readonly tried: Id | undefined;
  constructor(message: string, tried: Id | undefined, facts: ErrorFacts = {}) {
    super(message, facts);
    this.tried = tried;
  }
}

/** The username is unknown or the password is wrong. Nobody learns which. */
export class InvalidCredentialsError extends SignInError {
  readonly code = "invalid-credentials";
  constructor(tried?: Id) {
    super("The username or the password is wrong", tried);
  }
}

/** An admin has disabled the account. Only the right password learns this. */
export class AccountDisabledError extends SignInError {
  readonly code = "account-disabled";
  constructor(tried: Id) {
    super("This account is disabled", tried);
  }
}

/** Too many passwords or codes were wrong; none is verified until the delay is over. It tells nothing about the account. */
export class TooManyAttemptsError extends SignInError {
  readonly code = "too-many-attempts";
  /** Whether it is the first of its account or address for an hour: the audit log has no others, so that guesses do not fill it. */
  readonly isFirst: boolean;
  constructor(retryAfterSeconds: number, { isFirst, tried }: RefusedTry) {
    super(
      `Too many passwords or codes were wrong; try again in ${retryAfterSeconds} seconds`,
      tried,
      {
        retryAfterSeconds,
      },
    );
    this.isFirst = isFirst;
  }
}

interface RefusedTry {
  readonly isFirst: boolean;
  /** Known where `isFirst`. */
  readonly tried: Id | undefined;
}

/** The account will be deleted. Only the right password learns this. `purgeAt` says until when it can be restored. */
export class AccountDeletedError extends SignInError {
  readonly code = "account-deleted";
  constructor(tried: Id, { purgeAt }: Deletion) {
    super("This account is going to be deleted", tried, { purgeAt: purgeAt.toISOString() });
  }
}

/** The password was right, and the account has a second factor. The answer says how it can be proven. */
export class SecondFactorRequiredError extends SignInError {
  readonly code = "second-factor-required";
  constructor(tried: Id, choice: SecondFactorChoice) {
    super("This account also asks for a second factor", tried, { ...choice });
  }
}

/** The password was right, and the code is not. */
export class InvalidCodeError extends SignInError {
  readonly code = "invalid-code";
  constructor(tried: Id) {
    super("The code is wrong, has expired, or was used before", tried);
  }
}

/** What a passkey has answered does not count: it is not known, or its challenge is of somebody else, has expired, or was answered before. */
export class InvalidPasskeyError extends SignInError {
  readonly code = "invalid-passkey";
  constructor(tried?: Id) {
    super("The passkey is unknown, or its answer is not valid any more", tried);
  }
}

/** A signed-in person could not prove once more who it is. */
export class ReauthenticationFailedError extends AppError {
  readonly code = "reauthentication-failed";
  constructor(wrong: "password" | "code" | "passkey" = "password") {
    super(`The ${wrong} is wrong`);
  }
}

/** A change also asks for the second factor of a signed-in person. The answer says how it can be proven. */
export class ReauthenticationRequiredError extends AppError {
  readonly code = "reauthentication-required";
  constructor(choice: SecondFactorChoice) {
    super("This change also asks for your second factor", { ...choice });
  }
}

/** The same, of somebody whose account has no password. */
export class SignInAgainError extends AppError {
  readonly code = "reauthentication-failed";
  constructor() {
    super(
      "This account has no password: sign in again with single sign-on, and repeat this within ten minutes",
    );
  }
}

/** The request does not say who asks, or what it says does not count any more. */
export class UnauthenticatedError extends AppError {
  readonly code = "unauthenticated";
  constructor(message = "Sign in first") {
    super(message);
  }
}

/** An access token or an API key is malformed, unknown, expired or revoked (RFC 6750 §3.1). Its message is a whole sentence. */
export class InvalidTokenError extends AppError {
  readonly code = "invalid-token";
}

/** Without this account nobody could manage the server any more. */
export class LastAdminError extends AppError {
  readonly code = "last-admin";
  constructor() {
    super("At least one admin has to stay, and this is the last one that can");
  }
}
