import type { FileEntry } from "../../common/entries/entry.js";
import type { Access } from "../../common/access/service.js";
import type { Changes } from "../../common/folders/changes.js";
import type { FilePipelines } from "../../common/pipeline/file-pipelines.js";
import type { Shares } from "../../common/sharing/shares.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { isMetadataExpected, metadataETag, readMetadataChange, sendMetadata } from "./metadata.js";
import { findDestination, withNewName } from "./destination.js";
import { previewMove } from "./preview-move.js";
import { describeFile } from "./describe.js";
import { presentFile } from "./present.js";
import { fileChange } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly changes: Changes;
  readonly filePipelines: Pick<FilePipelines, "of">;
  readonly shares: Pick<Shares, "compare">;
}

/** Renaming and moving files, and changing what is said about them. */
export function fileChangeRoutes({ access, changes, filePipelines, shares }: Deps): Routes {
  return new Routes().patch(
    "/files/:id",
    allow("files:write"),
    expects(fileChange),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const { modifiedAt, name, folderId, ...patch } = request.body;
      const granted = await access.file(actor, request.params.id, "write");
      const describe = (seen: typeof granted) => describeFile(filePipelines, seen, apiBase(ctx));
      const { dryRun, onConflict } = request.query;
      const wanted = { name, folderId, onConflict };
      const to = await findDestination({ access, actor }, granted, wanted);
      if (dryRun) {
        const { id } = request.params;
        ctx.set("ETag", metadataETag(await describe(granted)));
        ctx.body = await previewMove({ access, shares }, { actor, id, to }, apiBase(ctx));
        return;
      }
      const { pipeline, preview, details } = await describe(granted);
      const file = await withNewName(() =>
        changes.change<FileEntry>(granted, {
          change: { ...readMetadataChange(patch), modifiedAt: instantOf(modifiedAt) },
          to,
          isExpected: (current) =>
            isMetadataExpected(ctx, {
              ...presentFile(current, apiBase(ctx), granted.path),
              ...{ preview, details, pipeline },
            }),
        }),
      );
      const path = to === undefined ? granted.path : `${to.place.path}/${file.name}`;
      sendMetadata(ctx, { ...presentFile(file, apiBase(ctx), path), preview, details, pipeline });
    },
  );
}

const instantOf = (given: string | null | undefined) =>
  typeof given === "string" ? new Date(given) : given;
