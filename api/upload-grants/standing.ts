import type { Actor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { LinkUseDoc } from "../../common/links/uses-repository.js";
import { NotFoundError } from "../../common/platform/errors.js";

/** An upload, and the file that it has become. */
export interface Standing {
  readonly use: LinkUseDoc;
  readonly file: FileEntry;
}

/** The uploads among the uses of a grant whose files are still in its folder. */
export async function findStanding(
  access: Pick<Access, "file">,
  actor: Actor,
  uses: readonly LinkUseDoc[],
): Promise<Standing[]> {
  const found = await Promise.all(uses.map((use) => find(access, actor, use)));
  return found.filter((standing) => standing !== undefined);
}

async function find(
  access: Pick<Access, "file">,
  actor: Actor,
  use: LinkUseDoc,
): Promise<Standing | undefined> {
  try {
    const { entry: file } = await access.file(actor, use.entryId, "write");
    return { use, file };
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
