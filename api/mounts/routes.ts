import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { MountEntry } from "../../common/entries/entry.js";
import type { Changes } from "../../common/folders/changes.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { OnceRequests } from "../../common/idempotency/once-requests.js";
import type { Mounts } from "../../common/mounts/service.js";
import type { Removal } from "../../common/trash/removal.js";
import { findDestination, withNewName } from "../files/destination.js";
import { isMetadataExpected, readMetadataChange, sendMetadata } from "../files/metadata.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { readJsonRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { apiBase, Routes } from "../http/route.js";
import { presentMount } from "./present.js";
import { mountChange, newMount, oneMount } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly mounts: Mounts;
  readonly changes: Changes;
  readonly removal: Removal;
  readonly onceRequests: OnceRequests;
  readonly audit: AuditLog;
}

const createdAnswer = (mount: ReturnType<typeof presentMount>): StoredAnswer => ({
  status: 201,
  headers: { Location: mount.links.mount },
  body: JSON.stringify(mount),
});

/** What others share, mounted in one's own folders. */
export function mountRoutes(deps: Deps): Routes {
  const { access, removal, audit } = deps;
  return changingRoutes(deps)
    .get("/mounts/:id", allow("files:read"), expects(oneMount), async (ctx) => {
      const { actor, request } = ctx.state;
      const { entry, path } = await access.mount(actor, request.params.id, "read");
      const target = await access.mounted(actor, entry);
      sendMetadata(ctx, presentMount(entry, apiBase(ctx), { path, target }));
    })
    .delete(
      "/mounts/:id",
      allow("files:delete"),
      audits(audit, "mount.delete"),
      expects(oneMount),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "mount", id };
        const granted = await access.mount(ctx.state.actor, id, "delete");
        await removal.remove(granted, { condition: null, isPermanent: true });
        ctx.status = 204;
      },
    );
}

function changingRoutes({ access, mounts, changes, onceRequests }: Deps): Routes {
  return new Routes()
    .post("/mounts", allow("files:write"), expects(newMount), async (ctx) => {
      const { actor, request } = ctx.state;
      const { entryId, folderId = "root", name } = request.body;
      const key = readJsonRequestKey(ctx, request.body);
      const answer = await onceRequests.answer(actor, key, async ({ id }) => {
        const place = await access.place(actor, folderId);
        const target = await access.entry(actor, entryId, "read");
        const wanted = { id, target, name };
        const mount = await withNewName(() => mounts.create(actor, place, wanted));
        const seen = {
          path: `${place.path}/${mount.name}`,
          target: await access.mounted(actor, mount),
        };
        return createdAnswer(presentMount(mount, apiBase(ctx), seen));
      });
      sendAnswer(ctx, answer);
    })
    .patch("/mounts/:id", allow("files:write"), expects(mountChange), async (ctx) => {
      const { actor, request } = ctx.state;
      const { name, folderId, ...patch } = request.body;
      const granted = await access.mount(actor, request.params.id, "write");
      const { onConflict } = request.query;
      const wanted = { name, folderId, onConflict };
      const to = await findDestination({ access, actor }, granted, wanted);
      const target = await access.mounted(actor, granted.entry);
      const present = (mount: MountEntry, path: string) =>
        presentMount(mount, apiBase(ctx), { path, target });
      const mount = await withNewName(() =>
        changes.change<MountEntry>(granted, {
          change: readMetadataChange(patch),
          to,
          isExpected: (current) => isMetadataExpected(ctx, present(current, granted.path)),
        }),
      );
      const path = to === undefined ? granted.path : `${to.place.path}/${mount.name}`;
      sendMetadata(ctx, present(mount, path));
    });
}
