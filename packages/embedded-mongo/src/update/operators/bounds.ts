import { compareValues } from "../../bson/compare.js";
import type { Operator } from "../modifier.js";

/** `$min`: the smaller of field and operand in the order of all BSON values. */
export const min = bound(1);

/** `$max`: the larger of field and operand in the order of all BSON values. */
export const max = bound(-1);

function bound(sign: 1 | -1): Operator {
  return ({ path, operand }) => [
    {
      path,
      modifier: (current) =>
        current === undefined || compareValues(current, operand) * sign > 0 ? operand : current,
    },
  ];
}
