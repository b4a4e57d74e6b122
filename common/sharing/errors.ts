import { AppError } from "../platform/errors.js";

/** An entry has been shared with as many accounts and groups as are allowed, or an account has as many groups as it may have. */
export class TooManySharesError extends AppError {
  readonly code = "too-many-shares";
  constructor(what: string, most: number) {
    super(`There are at most ${most} ${what}`, { most });
  }
}

/** The account has a group of this name. */
export class GroupNameTakenError extends AppError {
  readonly code = "name-taken";
  constructor(name: string) {
    super("You have a group of this name already", { name });
  }
}
