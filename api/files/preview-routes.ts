import type { Access } from "../../common/access/service.js";
import type { FileVersions } from "../../common/files/versions.js";
import type { Previews } from "../../common/previews/service.js";
import type { PreviewFormat } from "../../common/storage/preview.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPreview } from "../http/preview.js";
import { Routes } from "../http/route.js";
import { onePreview } from "./preview-schema.js";

interface Deps {
  readonly access: Access;
  readonly fileVersions: Pick<FileVersions, "find" | "current">;
  readonly previews: Previews;
}

/** Small pictures of files. */
export function previewRoutes({ access, fileVersions, previews }: Deps): Routes {
  return new Routes().get(
    "/files/:id/preview",
    allow("files:read"),
    expects(onePreview),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const { size, versionId } = request.query;
      const granted = await access.file(actor, request.params.id, "read");
      const version = await (versionId === undefined
        ? fileVersions.current(granted)
        : fileVersions.find(granted, versionId));
      const read = (format: PreviewFormat) => previews.read(version, { size, format });
      await sendPreview(ctx, { versionId: version._id, size, read });
    },
  );
}
