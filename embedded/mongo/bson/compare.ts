import type { BsonValue } from "./value.js";

/** Negative, 0 or positive as MongoDB orders `a` before, with or after `b`, across all BSON types. */
export declare function compareValues(a: BsonValue, b: BsonValue): number;

/** Equality as MongoDB's comparison sees it: 1, 1.0 and Decimal128 1.00 are equal; field order in objects matters. */
export declare function equalValues(a: BsonValue, b: BsonValue): boolean;
