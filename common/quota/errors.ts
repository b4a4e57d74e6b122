import { AppError } from "../platform/errors.js";

/** The account has no room for what it wants to store. */
export class QuotaExceededError extends AppError {
  readonly code = "quota-exceeded";
  constructor(facts: { neededBytes: number; availableBytes: number; limitBytes: number }) {
    super(
      `This needs ${facts.neededBytes} bytes, and the account has room for ${facts.availableBytes}`,
      facts,
    );
  }
}
