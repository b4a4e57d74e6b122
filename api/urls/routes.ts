import type { InferType } from "yup";
import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import { parseName } from "../../common/entries/name.js";
import type { FileVersions } from "../../common/files/versions.js";
import type { ExpiringUrls, UrlTerms } from "../../common/links/expiring-urls.js";
import type { LinkUrls } from "../../common/links/urls.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { withNameIn } from "../http/name-field.js";
import { Routes } from "../http/route.js";
import { newUrl, oneFile } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly fileVersions: FileVersions;
  readonly expiringUrls: ExpiringUrls;
  readonly audit: AuditLog;
  readonly linkUrls: LinkUrls;
}

/** Expiring URLs of a file, for its owner. */
export function urlRoutes({ access, fileVersions, expiringUrls, linkUrls, audit }: Deps): Routes {
  return new Routes()
    .post(
      "/files/:id/urls",
      allow("links:write"),
      audits(audit, "link.create"),
      expects(newUrl),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        const granted = await access.file(ctx.state.actor, params.id, "share");
        const terms = await readTerms(body);
        if (terms.versionId !== null) await fileVersions.find(granted, terms.versionId);
        const link = await expiringUrls.make(ctx.state.actor, granted, terms);
        ctx.state.audit.target = { kind: "link", id: link._id };
        ctx.status = 201;
        ctx.body = {
          id: link._id,
          url: linkUrls.of(link, granted.entry.name),
          expiresAt: link.expiresAt.toISOString(),
        };
      },
    )
    .delete(
      "/files/:id/urls",
      allow("links:write"),
      audits(audit, "link.revoke"),
      expects(oneFile),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "file", id };
        const granted = await access.file(ctx.state.actor, id, "share");
        ctx.state.audit.isIdle = (await expiringUrls.revokeOfFile(granted)) === 0;
        ctx.status = 204;
      },
    );
}

type Body = InferType<(typeof newUrl)["body"]>;

/** @throws InvalidNameError, and InvalidRequestError for what means nothing to a URL for uploads. */
async function readTerms(body: Body): Promise<UrlTerms> {
  const { expiresIn: expiresInSeconds, method = "GET" } = body;
  if (method === "PUT") refuseReading(body);
  const fileName = await withNameIn(NAME, () => readName(body.fileName));
  const { versionId = null, disposition = "attachment" } = body;
  return { expiresInSeconds, method, versionId, fileName, disposition };
}

const NAME = { in: "body", pointer: "/fileName" } as const;

/** Rejects for a name that no file can have. */
const readName = (fileName: string | undefined): Promise<string | null> =>
  new Promise((resolve) => {
    resolve(fileName === undefined ? null : parseName(fileName).name);
  });

const OF_DOWNLOADS = ["versionId", "fileName", "disposition"] as const;

function refuseReading(body: Body): void {
  const faults = OF_DOWNLOADS.filter((field) => body[field] !== undefined).map((field) => {
    const detail = `${field} is for the method GET alone`;
    return { in: "body", pointer: `/${field}`, detail } as const;
  });
  if (faults.length > 0) throw new InvalidRequestError(faults);
}
