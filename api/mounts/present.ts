import type { MountedEntry } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { Entry, MountEntry } from "../../common/entries/entry.js";
import { presentMetadata } from "../files/metadata.js";
import { presentEntry } from "../folders/present.js";
import type { ActorContext } from "../http/allow.js";
import { apiBase } from "../http/route.js";

interface Seen {
  /** Where the reader sees the mount; `null` where it cannot be reached any more. */
  readonly path: string | null;
  /** What the reader reaches through it. */
  readonly target: MountedEntry | null;
}

/** A mount as those see it who may read it. */
export function presentMount(mount: MountEntry, base: string, { path, target }: Seen) {
  return {
    id: mount._id,
    kind: mount.kind,
    folderId: mount.parentId,
    path,
    name: mount.name,
    target: target && presentTarget(target, base),
    ...presentMetadata(mount),
    createdAt: mount.createdAt.toISOString(),
    updatedAt: mount.updatedAt.toISOString(),
    links: { mount: `${base}/mounts/${mount._id}` },
  };
}

/** What a mount leads to: enough to list it, and to use it by its id. */
function presentTarget({ entry, role, ownerName }: MountedEntry, base: string) {
  const { _id: id, kind, name, ownerId } = entry;
  const { links } = presentEntry(entry, base, null);
  return { id, kind, name, role, owner: { id: ownerId, username: ownerName }, links };
}

/** Presents entries. What mounts among them lead to is asked for at once, so that a page of them takes few queries. */
export async function entryPresenter(
  ctx: Pick<ActorContext, "state" | "path">,
  access: Pick<Access, "mounted">,
  entries: readonly Entry[],
) {
  const mounts = entries.filter((entry) => entry.kind === "mount");
  const targets = await Promise.all(mounts.map((one) => access.mounted(ctx.state.actor, one)));
  const targetOf = new Map(mounts.map(({ _id }, index) => [_id, targets[index] ?? null]));
  const base = apiBase(ctx);
  return (entry: Entry, path: string | null) => {
    if (entry.kind !== "mount") return presentEntry(entry, base, path);
    return presentMount(entry, base, { path, target: targetOf.get(entry._id) ?? null });
  };
}
