import type { Entry, FileEntry } from "../entries/entry.js";
import { NameTakenError } from "../entries/errors.js";
import { isConditionMet } from "../entries/write-condition.js";
import { PreconditionFailedError } from "../platform/errors.js";
import type { UploadDoc } from "./upload.js";

type NameClaim = Pick<UploadDoc, "name" | "condition" | "onConflict">;

/**
 * What an upload does with its name: it takes a free one (`add`), replaces what the file of that name shows, or looks for a free name
 * beside it (`rename`). The condition comes first. A folder has no versions: it is never replaced. Only this function refuses an upload
 * for its name: admission asks to spare the client its bytes, and publishing asks again, because only then the answer counts.
 *
 * @param holder - What has the name; `null` when nothing has.
 * @throws PreconditionFailedError, NameTakenError
 */
export function resolveName(
  { name, condition, onConflict }: NameClaim,
  holder: Entry | null,
): "add" | "rename" | { readonly replace: FileEntry } {
  if (!isConditionMet(condition, holder)) throw new PreconditionFailedError();
  if (holder === null) return "add";
  if (onConflict === "rename") return "rename";
  if (onConflict === "version" && holder.kind === "file") return { replace: holder };
  throw new NameTakenError(name);
}
