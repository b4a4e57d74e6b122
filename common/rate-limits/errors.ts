import { AppError } from "../platform/errors.js";
import { type Standing, WINDOW_SECONDS } from "./policy.js";

/** A client has sent more requests than a policy allows. Says which policy, and when the next request is answered. */
export class TooManyRequestsError extends AppError {
  readonly code = "too-many-requests";
  constructor({ policy: { name, limit }, resetSeconds }: Standing) {
    super(
      `More than ${limit} requests in ${WINDOW_SECONDS} seconds (policy ${name}); try again in ${resetSeconds} seconds`,
      { policy: name, limit, windowSeconds: WINDOW_SECONDS, retryAfterSeconds: resetSeconds },
    );
  }
}
