import type { AccountActor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import { makerOf } from "../../common/jobs/actors.js";
import type { FolderCopies } from "../../common/jobs/folder-copies.js";
import type { CopyTask, JobDoc } from "../../common/jobs/job.js";

export interface CopyDeps {
  readonly access: Access;
  readonly folderCopies: Pick<FolderCopies, "begin">;
}

interface Wanted {
  readonly id: string;
  /** The id of the job. Default: a new one. */
  readonly jobId?: string | undefined;
  readonly folderId?: string | undefined;
  readonly name?: string | undefined;
  readonly onConflict?: CopyTask["onConflict"] | undefined;
}

/** Makes the job that copies a folder: beside it and under its name, with a number where that is taken, unless something else is wanted. */
export async function beginFolderCopy(
  { access, folderCopies }: CopyDeps,
  actor: AccountActor,
  { id, jobId, onConflict = "rename", ...wanted }: Wanted,
): Promise<JobDoc> {
  const folder = await access.subfolder(actor, id, "read");
  const place = await access.place(actor, wanted.folderId ?? folder.entry.parentId);
  const name = wanted.name ?? folder.entry.name;
  const home = access.home(actor, "write");
  const copy = { id: jobId, folder, place, name, onConflict };
  return folderCopies.begin(home, makerOf(actor), copy);
}
