import { AppError } from "../platform/errors.js";

/** The password of a link is missing or wrong. It tells nothing of what the link leads to. */
export class LinkPasswordError extends AppError {
  readonly code = "link-password-required";
  constructor(fault: "missing" | "wrong") {
    super(fault === "missing" ? "This link asks for a password" : "The password is wrong");
  }
}

/** The account has as many valid links as it may have. */
export class TooManyLinksError extends AppError {
  readonly code = "too-many-links";
  constructor(limit: number) {
    super(`An account may have at most ${limit} valid links; revoke one first`, { limit });
  }
}
