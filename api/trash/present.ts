import type { TrashItem } from "../../common/trash/repository.js";

/** Something that can be restored. Its `path` says where it was. */
export function presentItem(item: TrashItem, base: string, retentionMs: number) {
  const { at, path } = item.trash;
  const itself = `${base}/trash/${item._id}`;
  return {
    id: item._id,
    kind: item.kind,
    name: item.name,
    path: ["", ...path, item.name].join("/"),
    sizeBytes: Number(item.sizeBytes),
    type: item.kind === "file" ? item.type : null,
    trashedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + retentionMs).toISOString(),
    links: { item: itself, restore: `${itself}/restore` },
  };
}
