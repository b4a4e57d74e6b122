import { AppError } from "../platform/errors.js";

/** Nobody can register here, or nobody without an invitation. */
export class RegistrationClosedError extends AppError {
  readonly code = "registration-closed";
  constructor(policy: "invite" | "closed") {
    super(
      policy === "invite"
        ? "Registration needs an invitation of an admin"
        : "Nobody can register here; ask an admin for an account",
    );
  }
}

/** The token is unknown, or its invitation has expired, was revoked, is used up, or is of somebody who is no admin any more. Nobody learns which. */
export class InvalidInvitationError extends AppError {
  readonly code = "invalid-invitation";
  constructor() {
    super("The invitation is unknown, expired, revoked or used up");
  }
}

/** Another account has verified this address. Only who reads its mails learns this. */
export class EmailTakenError extends AppError {
  readonly code = "email-taken";
  constructor() {
    super("Another account has this e-mail address");
  }
}

/** A mail was sent for this account a moment ago. */
export class TooManyMailsError extends AppError {
  readonly code = "too-many-requests";
  constructor(retryAfterSeconds: number) {
    super(`A mail was sent a moment ago; try again in ${retryAfterSeconds} seconds`, {
      retryAfterSeconds,
    });
  }
}
