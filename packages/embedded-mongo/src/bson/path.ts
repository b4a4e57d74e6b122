/** One step of a dotted path. */
export interface PathPart {
  readonly name: string;
  /** The name as UTF-8, to look it up without decoding. */
  readonly key: Buffer;
  /** The array position that the name denotes (`0`, `1`, ... without leading zeros), else -1. */
  readonly index: number;
}

/** Splits a dotted path. Empty names are kept: whoever refuses them does it with its own code. */
export function parsePath(path: string): PathPart[] {
  return path.split(".").map((name) => ({
    name,
    key: Buffer.from(name),
    index: /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1,
  }));
}

/** Whether two paths are the same or one lies inside the other. */
export function pathsOverlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
