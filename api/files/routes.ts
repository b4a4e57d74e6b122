import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { FilePipelines } from "../../common/pipeline/file-pipelines.js";
import type { Files } from "../../common/files/service.js";
import type { Removal } from "../../common/trash/removal.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { sendMetadata } from "./metadata.js";
import { describeFile } from "./describe.js";
import { presentFile } from "./present.js";
import { sendFile } from "./send-file.js";
import { deleteFile, listFiles, oneFile } from "./schema.js";
import { readWriteCondition } from "./write-condition.js";

interface Deps {
  readonly access: Access;
  readonly files: Files;
  readonly filePipelines: FilePipelines;
  readonly removal: Removal;
  readonly audit: AuditLog;
}

/** Listing, downloading, describing and deleting files. */
export function fileRoutes({ access, files, filePipelines, removal, audit }: Deps): Routes {
  return readingRoutes({ access, files, filePipelines }).delete(
    "/files/:id",
    allow("files:delete"),
    audits(audit, "file.delete"),
    expects(deleteFile),
    async (ctx) => {
      const { id } = ctx.state.request.params;
      ctx.state.audit.target = { kind: "file", id };
      const granted = await access.file(ctx.state.actor, id, "delete");
      const condition = readWriteCondition(ctx.req.headers);
      await removal.remove(granted, { condition, isPermanent: ctx.state.request.query.permanent });
      ctx.status = 204;
    },
  );
}

type ReadingDeps = Pick<Deps, "access" | "files" | "filePipelines">;

function readingRoutes({ access, files, filePipelines }: ReadingDeps): Routes {
  return new Routes()
    .get("/files", allow("files:read", { cost: "search" }), expects(listFiles), async (ctx) => {
      const { query } = ctx.state.request;
      const root = await access.folder(ctx.state.actor, "root", "read");
      const page = await files.list(root, query);
      sendPage(ctx, { ...page, limit: query.limit }, (file) =>
        presentFile(file, apiBase(ctx), `${root.path}/${file.name}`),
      );
    })
    .get("/files/:id", allow("files:read"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const granted = await access.file(ctx.state.actor, params.id, "read");
      await sendFile(ctx, { access, granted }, await files.open(granted));
    })
    .get("/files/:id/metadata", allow("files:read"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const { entry, path } = await access.file(ctx.state.actor, params.id, "read");
      sendMetadata(ctx, await describeFile(filePipelines, { entry, path }, apiBase(ctx)));
    });
}
