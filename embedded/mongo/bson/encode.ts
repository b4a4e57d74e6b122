import type { BsonValue } from "./value.js";

/**
 * Encodes a value so that comparing two encodings byte by byte (memcmp) gives MongoDB's comparison order of the
 * values, across all BSON types; equal values (Int32 1, Double 1.0, Decimal128 1.00) have equal encodings. No encoding
 * is a prefix of another one, so encodings can be concatenated into compound keys, and the bitwise complement
 * ({@link complement}) gives the reverse order. This is the one truth for order and equality in this server.
 */
export declare function encodeValue(value: BsonValue): Buffer;

/** The bitwise complement of an encoding: the order of a descending field. */
export declare function complement(encoded: Buffer): Buffer;
