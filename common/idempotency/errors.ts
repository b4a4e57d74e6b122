import { AppError } from "../platform/errors.js";

/** Another request with this key is under way. */
export class IdempotencyKeyInUseError extends AppError {
  readonly code = "idempotency-key-in-use";
  constructor({ retryAfterSeconds }: { readonly retryAfterSeconds: number }) {
    super("A request with this Idempotency-Key is under way", { retryAfterSeconds });
  }
}

/** The key was used for another request: one with another header, or with other content. */
export class IdempotencyKeyReusedError extends AppError {
  readonly code = "idempotency-key-reused";
  constructor() {
    super("This Idempotency-Key was used for another request; take a new one for each");
  }
}
