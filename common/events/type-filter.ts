import { EVENT_TYPES, type EventType } from "./event.js";

/** What events a reader wants: types, and groups of types such as `file.*`. */
export type TypePatterns = readonly string[];

/** Whether it is a type of events, or a group of types. */
export const isTypePattern = (text: string): boolean =>
  EVENT_TYPES.some((type) => matches(text, type));

/** Whether a reader wants events of a type. */
export const isWanted = (patterns: TypePatterns, type: EventType): boolean =>
  patterns.some((pattern) => matches(pattern, type));

function matches(pattern: string, type: EventType): boolean {
  return pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)));
}
