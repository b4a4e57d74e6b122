import { haveSameMaker } from "../access/link-uploading.js";
import type { Entry, FileEntry } from "../entries/entry.js";
import { NameTakenError } from "../entries/errors.js";
import { isConditionMet } from "../entries/write-condition.js";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { UploadDoc } from "./upload.js";

/**
 * {@link resolveName} for an upload that is the next version of a certain file, whatever its name is by now.
 *
 * @param file - `null` when it was removed.
 * @throws PreconditionFailedError, NotFoundError
 */
export function resolveFile(
  { condition }: Pick<UploadDoc, "condition">,
  file: FileEntry | null,
): { readonly replace: FileEntry } {
  if (file === null || file.isTrashed) throw new NotFoundError("file");
  if (!isConditionMet(condition, file)) throw new PreconditionFailedError();
  return { replace: file };
}

type NameClaim = Pick<UploadDoc, "name" | "condition" | "onConflict" | "actorId">;

/**
 * What an upload does with its name: it takes a free one (`add`), replaces what the file of that name shows, or looks for a free name
 * beside it (`rename`). `own` replaces only what the same actor has made. The condition comes first. A folder has no versions: it is never replaced. Only this function refuses an upload
 * for its name: admission asks to spare the client its bytes, and publishing asks again, because only then the answer counts.
 *
 * @param holder - What has the name; `null` when nothing has.
 * @throws PreconditionFailedError, NameTakenError
 */
export function resolveName(
  { name, condition, onConflict, actorId }: NameClaim,
  holder: Entry | null,
): "add" | "rename" | { readonly replace: FileEntry } {
  if (!isConditionMet(condition, holder)) throw new PreconditionFailedError();
  if (holder === null) return "add";
  if (onConflict === "rename") return "rename";
  if (onConflict === "own") {
    const isOwn = holder.kind === "file" && haveSameMaker(holder, { actorId });
    return isOwn ? { replace: holder } : "rename";
  }
  if (onConflict === "version" && holder.kind === "file") return { replace: holder };
  throw new NameTakenError(name);
}
