import { CommandError } from "../errors.js";
import type { Change } from "./modifier.js";

/** Modifiers by path, as a tree of field names: a leaf changes a field, a branch leads to fields inside it. */
export type UpdateNode = UpdateLeaf | UpdateBranch;

export interface UpdateLeaf {
  readonly kind: "leaf";
  readonly change: Change;
}

export interface UpdateBranch {
  readonly kind: "branch";
  readonly children: Map<string, UpdateNode>;
}

export function emptyBranch(): UpdateBranch {
  return { kind: "branch", children: new Map() };
}

/**
 * Adds a change to the tree.
 *
 * @throws CommandError 40 (ConflictingUpdateOperators) when another one changes the same field, or one around or inside it.
 */
export function addChange(root: UpdateBranch, change: Change): void {
  const { path } = change;
  const names = path.split(".");
  let branch = root;
  for (const [depth, name] of names.entries()) {
    const known = branch.children.get(name);
    const isLast = depth === names.length - 1;
    if (known !== undefined && (isLast || known.kind === "leaf")) {
      throw conflict(path, names.slice(0, depth + 1).join("."));
    }
    if (isLast) {
      branch.children.set(name, { kind: "leaf", change });
      return;
    }
    const next = known ?? emptyBranch();
    branch.children.set(name, next);
    branch = next;
  }
}

export function conflict(path: string, at: string): CommandError {
  return new CommandError(
    "ConflictingUpdateOperators",
    `Updating the path '${path}' would create a conflict at '${at}'`,
  );
}
