import type { InferType } from "yup";
import type { Actor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { Files } from "../../common/files/service.js";
import type { FileVersions } from "../../common/files/versions.js";
import type { Making, OnceRequests } from "../../common/idempotency/once-requests.js";
import type { Copies } from "../../common/uploads/copies.js";
import type { Published } from "../../common/uploads/upload.js";
import { publishedAnswer } from "../uploads/answer.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { withNameIn } from "../http/name-field.js";
import { sendPage } from "../http/page.js";
import { readJsonRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { apiBase, Routes } from "../http/route.js";
import { presentVersion } from "./present.js";
import { sendFile } from "./send-file.js";
import { changeVersion, copyFile, listVersions, oneVersion } from "./schema.js";
import { readWriteCondition } from "./write-condition.js";

interface Deps {
  readonly access: Access;
  readonly files: Files;
  readonly fileVersions: FileVersions;
  readonly copies: Copies;
  readonly onceRequests: OnceRequests;
  readonly audit: AuditLog;
}

const NAME = { in: "body", pointer: "/name" } as const;

/** Copying files, and their earlier versions. */
export function versionRoutes(deps: Deps): Routes {
  const { access, fileVersions, audit } = deps;
  return referenceRoutes(deps, readingRoutes(deps))
    .patch(
      "/files/:id/versions/:versionId",
      allow("files:write"),
      expects(changeVersion),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        const granted = await access.file(ctx.state.actor, params.id, "write");
        const version = await fileVersions.setLabel(granted, params.versionId, body.label);
        ctx.body = presentVersion(version, granted.entry, apiBase(ctx));
      },
    )
    .delete(
      "/files/:id/versions/:versionId",
      allow("files:delete"),
      audits(audit, "version.delete"),
      expects(oneVersion),
      async (ctx) => {
        const { id, versionId } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "version", id: versionId };
        const granted = await access.file(ctx.state.actor, id, "delete");
        await fileVersions.remove(granted, versionId);
        ctx.status = 204;
      },
    );
}

function readingRoutes({ access, files, fileVersions }: Omit<Deps, "audit">): Routes {
  return new Routes()
    .get(
      "/files/:id/versions",
      allow("files:read", { cost: "search" }),
      expects(listVersions),
      async (ctx) => {
        const { params, query } = ctx.state.request;
        const granted = await access.file(ctx.state.actor, params.id, "read");
        const page = await fileVersions.list(granted, query);
        sendPage(ctx, { ...page, limit: query.limit }, (version) =>
          presentVersion(version, granted.entry, apiBase(ctx)),
        );
      },
    )
    .get(
      "/files/:id/versions/:versionId",
      allow("files:read"),
      expects(oneVersion),
      async (ctx) => {
        const { id, versionId } = ctx.state.request.params;
        const granted = await access.file(ctx.state.actor, id, "read");
        const version = await fileVersions.find(granted, versionId);
        await sendFile(ctx, { access, granted }, await files.openVersion(granted, version));
      },
    );
}

/** New versions that have the content of others. */
function referenceRoutes(deps: Deps, routes: Routes): Routes {
  const { access, fileVersions, copies, onceRequests } = deps;
  const write = allow("files:write", { cost: "upload" });
  return routes
    .post("/files/:id/copy", write, expects(copyFile), async (ctx) => {
      const { actor, request } = ctx.state;
      const key = readJsonRequestKey(ctx, request.body);
      const answer = await onceRequests.answer(actor, key, async (making) => {
        const wanted = { ...request.body, id: request.params.id };
        const published = making.published ?? (await copyOnce(deps, { actor, making }, wanted));
        const path = await access.pathOf(actor, published.file);
        return publishedAnswer(published, apiBase(ctx), path);
      });
      sendAnswer(ctx, answer);
    })
    .post("/files/:id/versions/:versionId/restore", write, expects(oneVersion), async (ctx) => {
      const { actor } = ctx.state;
      const { id, versionId } = ctx.state.request.params;
      const file = await access.file(actor, id, "write");
      const place = await access.placeOfFile(actor, id);
      const version = await fileVersions.find(file, versionId);
      const condition = readWriteCondition(ctx.req.headers);
      const published = await copies.restore(place, { file, condition }, version);
      const path = await access.pathOf(actor, published.file);
      sendAnswer(ctx, publishedAnswer(published, apiBase(ctx), path));
    });
}

interface WantedCopy extends InferType<(typeof copyFile)["body"]> {
  readonly id: string;
}

/** Copies a file: beside it and under its name, with a number where that is taken, unless something else is wanted. */
async function copyOnce(
  { access, fileVersions, copies }: Deps,
  { actor, making }: { readonly actor: Actor; readonly making: Making },
  wanted: WantedCopy,
): Promise<Published> {
  const granted = await access.file(actor, wanted.id, "read");
  const { folderId = granted.entry.parentId, name = granted.entry.name } = wanted;
  const { onConflict = "rename" } = wanted;
  const place = await access.place(actor, folderId);
  const version = await fileVersions.current(granted);
  const intent = { name, onConflict, condition: null, known: making.uploadInto(place) };
  return withNameIn(NAME, () => copies.copy(place, intent, { file: granted.entry, version }));
}
