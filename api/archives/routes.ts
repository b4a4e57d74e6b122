import type { Actor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import type { Selection } from "../../common/archives/selection.js";
import type { Archives } from "../../common/archives/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { sendContent } from "../http/send-content.js";
import { archiveContent, wantedKind } from "./content.js";
import { answerArchive, presentArchive } from "./present.js";
import { newArchive, oneArchive } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly archives: Archives;
}

/** Downloading files and folders as one. */
export function archiveRoutes({ access, archives }: Deps): Routes {
  return contentRoutes(archives)
    .post(
      "/archives",
      allow("files:read", { cost: "search" }),
      expects(newArchive),
      async (ctx) => {
        const { actor, request } = ctx.state;
        const selection = await select(access, actor, request.body);
        answerArchive(ctx, await archives.create(actor, selection));
      },
    )
    .get("/archives/:id/metadata", allow("files:read"), expects(oneArchive), async (ctx) => {
      const { actor, request } = ctx.state;
      const archive = await archives.find(actor, request.params.id);
      ctx.body = presentArchive(archive, apiBase(ctx));
    })
    .delete("/archives/:id", allow("files:read"), expects(oneArchive), async (ctx) => {
      const { actor, request } = ctx.state;
      await archives.remove(actor, request.params.id);
      ctx.status = 204;
    });
}

function contentRoutes(archives: Archives): Routes {
  return new Routes().get(
    "/archives/:id",
    allow("files:read"),
    expects(oneArchive),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const kind = wantedKind(ctx);
      const content = await archives.open(actor, request.params.id, kind);
      await sendContent(ctx, archiveContent(content, kind));
    },
  );
}

/** Each entry is looked for as if it were asked for alone. @throws NotFoundError when one of them is not there. */
async function select(
  access: Access,
  actor: Actor,
  { ids, folderId }: { ids?: string[] | undefined; folderId?: string | undefined },
): Promise<Selection> {
  if (ids === undefined) return { folder: await access.folder(actor, folderId ?? "root", "read") };
  return { entries: await Promise.all(ids.map((id) => access.entry(actor, id, "read"))) };
}
