import { expect, test } from "@jest/globals";
import { ANSWERS } from "../api/security/matrix/answers.js";
import { operations } from "../support/openapi/promise.js";

test("Every operation has its line in the table of who is answered what, and no other has", () => {
  expect(Object.keys(ANSWERS).sort()).toEqual(operations.map(({ id }) => id).sort());
});
