import { AppError } from "../platform/errors.js";

/** The content was found to be of a type that is not stored here. It is stored already, and given to nobody. */
export class TypeRefusedError extends AppError {
  readonly code = "type-refused";
  constructor(found: string) {
    super(`The content is ${found}; content of that type is not given out here`, { found });
  }
}
