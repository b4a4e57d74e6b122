import type { TextEncoding } from "./text.js";

/** What was found in a content. */
export interface Inspection {
  /** A media type in lower case, without parameters. */
  readonly type: string;
  /** Of text; `null` for everything else. */
  readonly encoding: TextEncoding | null;
  /** Whether a program that opens it may run something in it. */
  readonly isActiveContent: boolean;
  /** Whether what is in it cannot be seen without a password. */
  readonly isEncrypted: boolean;
}
