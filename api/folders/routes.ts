import type { Access } from "../../common/access/service.js";
import type { Folders } from "../../common/folders/service.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { OnceRequests } from "../../common/idempotency/once-requests.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { Removal } from "../../common/trash/removal.js";
import { sendMetadata } from "../files/metadata.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { withNameIn } from "../http/name-field.js";
import { sendPage } from "../http/page.js";
import { readJsonRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { apiBase, Routes } from "../http/route.js";
import { entryPresenter } from "../mounts/present.js";
import { presentFolder } from "./present.js";
import { deleteFolder, listChildren, newFolder, oneFolder } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly folders: Folders;
  readonly removal: Removal;
  readonly onceRequests: OnceRequests;
  readonly audit: AuditLog;
}

const createdAnswer = (folder: ReturnType<typeof presentFolder>): StoredAnswer => ({
  status: 201,
  headers: { Location: folder.links.metadata },
  body: JSON.stringify(folder),
});

const NAME = { in: "body", pointer: "/name" } as const;

/** Making, listing and deleting folders. */
export function folderRoutes({ access, folders, removal, onceRequests, audit }: Deps): Routes {
  return readingRoutes({ access, folders, onceRequests }).delete(
    "/folders/:id",
    allow("files:delete"),
    audits(audit, "folder.delete"),
    expects(deleteFolder),
    async (ctx) => {
      const { id } = ctx.state.request.params;
      ctx.state.audit.target = { kind: "folder", id };
      const granted = await access.subfolder(ctx.state.actor, id, "delete");
      const { permanent: isPermanent } = ctx.state.request.query;
      await removal.remove(granted, { condition: null, isPermanent });
      ctx.status = 204;
    },
  );
}

function readingRoutes({ access, folders, onceRequests }: Omit<Deps, "removal" | "audit">): Routes {
  return new Routes()
    .post("/folders", allow("files:write"), expects(newFolder), async (ctx) => {
      const { actor, request } = ctx.state;
      const { name, parentId = "root" } = request.body;
      const key = readJsonRequestKey(ctx, request.body);
      const answer = await onceRequests.answer(actor, key, async ({ id }) => {
        const place = await access.place(actor, parentId);
        const entry = await withNameIn(NAME, () => folders.create(place, name, id));
        const path = `${place.path}/${entry.name}`;
        return createdAnswer(presentFolder(entry, apiBase(ctx), path));
      });
      sendAnswer(ctx, answer);
    })
    .get("/folders/:id", allow("files:read"), expects(oneFolder), async (ctx) => {
      const { id } = ctx.state.request.params;
      const { entry, path } = await access.folder(ctx.state.actor, id, "read");
      sendMetadata(ctx, presentFolder(entry, apiBase(ctx), path));
    })
    .get(
      "/folders/:id/children",
      allow("files:read", { cost: "search" }),
      expects(listChildren),
      async (ctx) => {
        const { params, query } = ctx.state.request;
        const folder = await access.folder(ctx.state.actor, params.id, "read");
        const page = await folders.children(folder, query);
        const present = await entryPresenter(ctx, access, page.items);
        sendPage(ctx, { ...page, limit: query.limit }, (entry) =>
          present(entry, `${folder.path}/${entry.name}`),
        );
      },
    );
}
