import type { AuditLog } from "../../common/audit/log.js";
import type { Entry } from "../../common/entries/entry.js";
import type { FolderPaths } from "../../common/folders/paths.js";
import { InvalidRequestError, NotFoundError } from "../../common/platform/errors.js";
import type { Removal } from "../../common/trash/removal.js";
import { readWriteCondition } from "../files/write-condition.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import type { UploadDeps } from "../uploads/answer.js";
import { storeBody } from "../uploads/raw-body.js";
import { deleteByPath, putByPath } from "./schema.js";
import { BY_PATH_ROUTE, PATH, readUrlPath } from "./url-path.js";

interface Deps extends UploadDeps {
  readonly folderPaths: FolderPaths;
  readonly removal: Removal;
  readonly audit: AuditLog;
}

/** Storing and deleting by path. */
export function writeByPathRoutes(deps: Deps): Routes {
  const write = allow("files:write", { cost: "upload" });
  return deletingRoutes(deps).put(BY_PATH_ROUTE, write, expects(putByPath), async (ctx) => {
    const { parents: areMade, ...query } = ctx.state.request.query;
    const { names, isFolderPath } = readUrlPath(ctx);
    const name = names.at(-1);
    if (isFolderPath || name === undefined) {
      const detail = "path must be that of a file, without a slash at its end";
      throw new InvalidRequestError([{ ...PATH, detail }]);
    }
    const folder = { names: names.slice(0, -1), areMade };
    const findPlace = async () => {
      const { actor } = ctx.state;
      const place = await deps.folderPaths.place(actor, folder);
      return query.onConflict === "version" ? deps.access.placeOfName(actor, place, name) : place;
    };
    await storeBody(ctx, deps, { ...query, name, nameField: PATH, findPlace });
  });
}

function deletingRoutes({ access, removal, audit }: Deps): Routes {
  return new Routes().delete(
    BY_PATH_ROUTE,
    allow("files:delete"),
    audits(audit, "file.delete"),
    expects(deleteByPath),
    async (ctx) => {
      const { names, isFolderPath } = readUrlPath(ctx);
      const granted = await access.nameAt(ctx.state.actor, names, "delete");
      const { kind, _id: id } = granted.entry;
      if (isFolderPath && leadsToFile(granted.entry)) throw new NotFoundError("folder");
      ctx.state.audit.target = { kind, id };
      ctx.state.audit.action = `${kind}.delete`;
      const condition = readWriteCondition(ctx.req.headers);
      await removal.remove(granted, { condition, isPermanent: ctx.state.request.query.permanent });
      ctx.status = 204;
    },
  );
}

const leadsToFile = (entry: Entry) =>
  (entry.kind === "mount" ? entry.target.kind : entry.kind) === "file";
