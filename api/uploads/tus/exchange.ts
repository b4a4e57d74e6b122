import { Server } from "@tus/server";
import type { Access } from "../../../common/access/service.js";
import type { ResumableUploads } from "../../../common/uploads/resumable/service.js";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { apiBase } from "../../http/route.js";
import { receiveBody } from "../../http/body.js";
import type { ActorContext } from "../../http/allow.js";
import type { UploadLimits } from "../limits.js";
import { readChecksum } from "./checksum.js";
import { newUploadIntent, partsOf } from "./concat.js";
import { toRefusal } from "./refusals.js";
import { RequestStore } from "./store.js";

/** What of the library's answers is ours to give; the rest is for pages of other sites, which have no business here. */
const ANSWERED = /^(?:tus-|upload-|cache-control$|location$)/;

interface Deps {
  readonly access: Access;
  readonly uploads: ResumableUploads;
  readonly limits: UploadLimits;
}

/** Answers one request about one upload, or one that begins one, as tus 1.0 says. */
export async function answerTus(
  ctx: ActorContext,
  { access, uploads, limits }: Deps,
  { method, id }: { readonly method: string; readonly id?: string },
): Promise<void> {
  const store = new RequestStore({
    access,
    uploads,
    actor: ctx.state.actor,
    intent: () => newUploadIntent(ctx),
    content: (signal) => receiveBody(ctx.req, ctx.res, { ...limits.pace, signal }),
    checksum: readChecksum(ctx.req.headers),
  });
  let thrown: unknown;
  const server = new Server({
    path: `${apiBase(ctx)}/uploads`,
    relativeLocation: true,
    datastore: store,
    locker: store,
    maxSize: limits.maxFileBytes,
    namingFunction: () => store.begin(),
    getFileIdFromRequest: () => id,
    onResponseError: (_request, error) => {
      thrown = error;
      return undefined;
    },
  });
  const response = await server.handleWeb(libraryRequest(ctx, method));
  if (response.status >= 400) {
    await forgetCreated(store);
    throw await toRefusal(thrown, response, store.held);
  }
  answer(ctx, response, { method, held: store.held });
}

/** The header alone: the body stays on the socket until the store asks for it. */
function libraryRequest(ctx: ActorContext, method: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(ctx.req.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  return new Request(`http://stowage${ctx.path}`, { method, headers });
}

interface Answered {
  /** What was meant, whatever stands in the request line. */
  readonly method: string;
  readonly held: ResumableUpload | undefined;
}

function answer(ctx: ActorContext, response: Response, { method, held }: Answered): void {
  for (const [name, value] of response.headers) {
    if (ANSWERED.test(name)) ctx.set(name, value);
  }
  if (held !== undefined && method === "HEAD") {
    const { metadata } = held.upload.resumable;
    if (metadata !== null) ctx.set("Upload-Metadata", metadata);
    const parts = partsOf(held.upload, apiBase(ctx));
    if (parts !== undefined) ctx.set("Upload-Concat", parts);
  }
  if (held?.upload.state === "published" || held?.published !== undefined) {
    const fileId = held.published?.file._id ?? held.upload.fileId;
    ctx.set("Content-Location", `${apiBase(ctx)}/files/${fileId}/metadata`);
  }
  ctx.status = response.status;
  ctx.body = response.status === 204 ? null : "";
  ctx.remove("Content-Type");
}

/** Nobody was told where an upload is whose first request failed. */
async function forgetCreated({ createdId, held }: RequestStore): Promise<void> {
  // What cannot be removed now expires.
  if (createdId !== undefined) await held?.remove().catch(() => undefined);
}
