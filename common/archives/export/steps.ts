import type { Account } from "../../accounts/account.js";
import type { ArchiveDoc, ExportPosition, StoredMember } from "../archive.js";
import type { PageTexts } from "./texts.js";

/** What a step of an export is given. */
export interface StepInput<S extends ExportPosition["step"]> {
  readonly archive: ArchiveDoc;
  /** As it is at this moment. */
  readonly account: Account;
  readonly position: Extract<ExportPosition, { readonly step: S }>;
  /** Where to write what it has to tell. */
  readonly texts: PageTexts;
  /** It ends when it has queried the tree so often, about. */
  readonly maxQueries: number;
}

/** What a step has found, and where to go on: in the same step, where there is more of it. */
export interface StepOutput {
  readonly members: StoredMember[];
  readonly next: ExportPosition | null;
}
