import type { Access } from "../../common/access/service.js";
import type { FolderEntry } from "../../common/entries/entry.js";
import type { Changes } from "../../common/folders/changes.js";
import { findDestination, withNewName } from "../files/destination.js";
import { previewMove } from "../files/preview-move.js";
import {
  isMetadataExpected,
  metadataETag,
  readMetadataChange,
  sendMetadata,
} from "../files/metadata.js";
import type { Shares } from "../../common/sharing/shares.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { presentFolder } from "./present.js";
import { folderChange } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly changes: Changes;
  readonly shares: Pick<Shares, "compare">;
}

/** Renaming and moving folders, and changing what is said about them. */
export function folderChangeRoutes({ access, changes, shares }: Deps): Routes {
  return new Routes().patch(
    "/folders/:id",
    allow("files:write"),
    expects(folderChange),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const { name, parentId: folderId, ...patch } = request.body;
      const granted = await access.subfolder(actor, request.params.id, "write");
      const { dryRun, onConflict } = request.query;
      const wanted = { name, folderId, onConflict };
      const to = await findDestination({ access, actor }, granted, wanted);
      if (dryRun) {
        const { id } = request.params;
        ctx.set("ETag", metadataETag(presentFolder(granted.entry, apiBase(ctx), granted.path)));
        ctx.body = await previewMove({ access, shares }, { actor, id, to }, apiBase(ctx));
        return;
      }
      const folder = await withNewName(() =>
        changes.change<FolderEntry>(granted, {
          change: readMetadataChange(patch),
          to,
          isExpected: (current) =>
            isMetadataExpected(ctx, presentFolder(current, apiBase(ctx), granted.path)),
        }),
      );
      const path = to === undefined ? granted.path : `${to.place.path}/${folder.name}`;
      sendMetadata(ctx, presentFolder(folder, apiBase(ctx), path));
    },
  );
}
