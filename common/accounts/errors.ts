import { AppError } from "../platform/errors.js";

/** Somebody has this username already; case does not count. */
export class UsernameTakenError extends AppError {
  readonly code = "username-taken";
  constructor() {
    super("This username is taken");
  }
}

/** The username is unknown or the password is wrong. Nobody learns which. */
export class InvalidCredentialsError extends AppError {
  readonly code = "invalid-credentials";
  constructor() {
    super("The username or the password is wrong");
  }
}

/** The request does not say who asks, or what it says does not count any more. */
export class UnauthenticatedError extends AppError {
  readonly code = "unauthenticated";
  constructor(message = "Sign in first") {
    super(message);
  }
}
