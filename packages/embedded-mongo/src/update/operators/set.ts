import type { Operator } from "../modifier.js";

export const set: Operator = ({ path, operand }) => [{ path, modifier: () => operand }];

export const setOnInsert: Operator = ({ path, operand }) => [
  { path, modifier: (current, { isInsert }) => (isInsert ? operand : current) },
];

export const unset: Operator = ({ path }) => [{ path, modifier: () => undefined }];
