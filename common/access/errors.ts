import { AppError } from "../platform/errors.js";
import type { Scope } from "./actor.js";

/** The credential lacks the scope that a request needs. */
export class InsufficientScopeError extends AppError {
  readonly code = "insufficient-scope";
  constructor(scope: Scope) {
    super(`This request needs a credential with the scope ${scope}`, { scope });
  }
}
