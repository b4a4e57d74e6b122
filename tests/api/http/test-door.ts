import { problemJson } from "../../../api/http/answer-errors.js";
import type { Door } from "../../../api/http/door.js";
import { jsonReader } from "../../../api/http/json-body.js";

/** A door without credentials, which answers errors as problems. */
export const testDoor: Door = {
  credentials: [],
  errors: problemJson,
  readJson: jsonReader({ maxBytes: 64 * 1024 }),
};
