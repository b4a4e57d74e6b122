import type { Actor } from "../../common/access/actor.js";
import { whileAllowed } from "../../common/access/download-guard.js";
import type { Access } from "../../common/access/service.js";
import type { FileContent, Files } from "../../common/files/service.js";
import type { FileVersions } from "../../common/files/versions.js";
import { noLink } from "../../common/links/entrance.js";
import type { ExpiringUrls } from "../../common/links/expiring-urls.js";
import type { UrlLinkDoc } from "../../common/links/link.js";
import type { LinkUseLog } from "../../common/links/use-log.js";
import { contentOf } from "../files/present.js";
import { clientTrace } from "../http/client-trace.js";
import { type Content, sendContent } from "../http/send-content.js";
import { whenClosed } from "../http/when-closed.js";
import type { UrlContext } from "./context.js";

export interface DownloadDeps {
  readonly expiringUrls: Pick<ExpiringUrls, "stay">;
  readonly access: Access;
  readonly files: Files;
  readonly fileVersions: FileVersions;
  readonly linkUseLog: LinkUseLog;
}

/**
 * Answers GET and HEAD by a URL, as for any file. Players of other sites may show it. It is cut soon after the URL was revoked or switched off, or the
 * file is not given out any more.
 */
export async function sendByUrl(ctx: UrlContext, deps: DownloadDeps): Promise<void> {
  const { link, actor } = ctx.state;
  const stored = await openContent(deps, actor, link);
  const { name, open: read, ...content } = contentOf(stored);
  const requireAllowed = async () => findContent(deps, await deps.expiringUrls.stay(link), link);
  const openAllowed: Content["open"] = (window) => whileAllowed(requireAllowed, read(window));
  const open = counted(ctx, deps.linkUseLog, {
    ...{ ...content, open: openAllowed, name, entryId: link.entryId },
  });
  const sent = { ...content, name: link.fileName ?? name, open };
  const isSaved = link.disposition === "attachment";
  await sendContent(ctx, sent, { disposition: isSaved ? "attachment" : undefined });
  ctx.set("Cross-Origin-Resource-Policy", "cross-origin");
}

async function openContent(
  deps: DownloadDeps,
  actor: Actor,
  link: UrlLinkDoc,
): Promise<FileContent> {
  const { granted, version } = await findContent(deps, actor, link);
  const { files } = deps;
  return version === null ? files.open(granted) : files.openVersion(granted, version);
}

/** @throws NotFoundError also for content in which something was found, or which could not be inspected. */
async function findContent(
  { access, fileVersions }: DownloadDeps,
  actor: Actor,
  { entryId, versionId }: UrlLinkDoc,
) {
  const granted = await access.file(actor, entryId, "read");
  const version = versionId === null ? null : await fileVersions.find(granted, versionId);
  const { state } = version ?? granted.entry;
  if (state === "quarantined" || state === "failed") throw noLink();
  return { granted, version };
}

type Counted = Pick<Content, "name" | "etag" | "sizeBytes" | "open"> & { readonly entryId: string };

/** Writes into the log of the link that content is read, and when the answer is over, how much of it was. */
function counted(
  ctx: UrlContext,
  log: LinkUseLog,
  { open, entryId, name, etag, sizeBytes }: Counted,
): Content["open"] {
  const { link } = ctx.state;
  const about = { client: clientTrace(ctx), entryId, name, etag, sizeBytes };
  let use: ReturnType<LinkUseLog["beginDownload"]> | undefined;
  let sentBytes = 0;
  whenClosed(ctx.res, () => {
    void use
      ?.then((begun) => log.endDownload(begun, sentBytes))
      .catch((error: unknown) => {
        ctx.state.log.warn({ err: error }, "The use of a link was not written");
      });
  });
  return async function* (window) {
    use ??= log.beginDownload(link, { ...about, isResumed: window.first > 0 });
    await use;
    for await (const bytes of open(window)) {
      sentBytes += bytes.length;
      yield bytes;
    }
  };
}
