import type { Operation } from "./operation.js";

/** As many operations are done at once. */
const AT_ONCE = 8;

/**
 * Parts a list of operations into groups, in order. Operations of one group may be done at once: the result is the same as if they were
 * done one after the other. So they are of one kind and on different entries, and an operation that gives a name is alone.
 */
export function groups(operations: readonly Operation[]): Operation[][] {
  const parted: Operation[][] = [];
  for (const operation of operations) {
    const current = parted.at(-1);
    if (current !== undefined && belongs(operation, current)) current.push(operation);
    else parted.push([operation]);
  }
  return parted;
}

function belongs(operation: Operation, group: readonly Operation[]): boolean {
  return (
    group.length < AT_ONCE &&
    canBeOneOf(operation) &&
    group.every((other) => other.op === operation.op && other.id !== operation.id) &&
    group.every(canBeOneOf)
  );
}

/** A copy or a restored item takes a free name: which one depends on those before it. */
const canBeOneOf = (operation: Operation) =>
  operation.op === "tag" ||
  operation.op === "delete" ||
  (operation.op === "move" && operation.name === undefined && operation.onConflict !== "rename");
