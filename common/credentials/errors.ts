import { InvalidTokenError } from "../accounts/errors.js";
import { AppError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";

/** A refresh token came again after it was exchanged: somebody else may have it too. Its family has ended. */
export class RefreshTokenReusedError extends InvalidTokenError {
  readonly accountId: Id;
  readonly familyId: Id;

  constructor({ accountId, _id: familyId }: { accountId: Id; _id: Id }) {
    super("The refresh token was used before. Its family has ended for safety: sign in again");
    this.accountId = accountId;
    this.familyId = familyId;
  }
}

/** The account has as many API keys as it may have. */
export class TooManyApiKeysError extends AppError {
  readonly code = "too-many-api-keys";
  constructor(limit: number) {
    super(`An account may have at most ${limit} API keys; revoke one first`, { limit });
  }
}
