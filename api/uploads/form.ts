import type { IncomingMessage } from "node:http";
import type Koa from "koa";
import { object } from "yup";
import type { FileEntry } from "../../common/entries/entry.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import { AppError, ContentTooLargeError } from "../../common/platform/errors.js";
import type { UploadIntent } from "../../common/uploads/upload.js";
import { presentFile, shownTo } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import { allowGuests, type GuestContext } from "../http/allow.js";
import { declaredLength, receiveBody } from "../http/body.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { readMultipart } from "../http/multipart.js";
import { type RefusedItem, refusedItem } from "../http/refused-item.js";
import { apiBase, Routes } from "../http/route.js";
import { readRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { grant, type UploadDeps, uploadQuery } from "./answer.js";
import { DrainBudget, type ReceivedFile, receiveFiles, RefusedFormError } from "./form-files.js";
import { FormPlace } from "./form-place.js";
import type { UploadLimits } from "./limits.js";
import { type PlaceFields, Places } from "./place.js";

const MAX_FIELDS = 100;
const FORM_OVERHEAD_BYTES = 1024 ** 2;

const postForm = { query: object({ ...uploadQuery, grant }) };

/** What a request says beside its form. */
interface FormTerms extends PlaceFields {
  readonly onConflict: UploadIntent["onConflict"];
  /** A stored file as its sender sees it. Default: as its owner does. */
  readonly present?: PresentFile;
}

/** @param path - Where the sender sees the file; `null` where it cannot be reached any more. */
type PresentFile = (file: FileEntry, path: string | null) => PresentedFile;
type PresentedFile = object & { readonly links?: { readonly content: string } };

/** A form with any number of files. */
export function formRoutes(deps: UploadDeps): Routes {
  return new Routes()
    .post("/upload", allowGuests("files:write", { cost: "upload" }), expects(postForm), (ctx) =>
      takeForm(ctx, deps, ctx.state.request.query),
    )
    .post("/files", allowGuests("files:write", { cost: "upload" }), expects(postForm), (ctx) =>
      takeForm(ctx, deps, ctx.state.request.query),
    );
}

/** Receives all of the form before it publishes the first file. */
export async function takeForm(
  ctx: GuestContext,
  deps: UploadDeps,
  { onConflict, present, ...query }: FormTerms,
): Promise<void> {
  const { access, requests, limits } = deps;
  const { actor } = ctx.state;
  const place = new FormPlace(query);
  const condition = readWriteCondition(ctx.req.headers);
  refuseEndlessForm(ctx.req, limits);
  const places = new Places({ ...deps, actor });
  const request = await requests.begin(actor, readRequestKey(ctx));
  try {
    // An unknown folder is refused before the body is read, unless all that was to go there may be there already.
    if (!request.isRepeat && !place.folder.areMade) await places.outer(place.folder);
    const budget = new DrainBudget();
    const parts = partsOf(ctx, limits, budget);
    const terms = { onConflict, condition, budget };
    const files = await receiveFiles(parts, { request, place, places, ...terms });
    const show = async (file: FileEntry) => {
      const path = await access.pathOf(actor, file);
      return present?.(file, path) ?? presentFile(shownTo(actor, file), apiBase(ctx), path);
    };
    const answer = request.findAnswer() ?? (await publishFiles(ctx, files, show));
    // After a mixed result, the same request tries the refused files again.
    await (answer.status === 207 ? request.release() : request.finish(answer));
    sendAnswer(ctx, answer);
  } catch (error) {
    await request.release();
    throw error;
  }
}

/** Refuses a form that is longer than all its files may be together, before its body is read. */
function refuseEndlessForm(req: IncomingMessage, { maxFileBytes, maxFiles }: UploadLimits): void {
  const mostBytes = maxFileBytes * maxFiles + FORM_OVERHEAD_BYTES;
  if ((declaredLength(req) ?? 0) > mostBytes) throw new ContentTooLargeError(maxFileBytes);
}

function partsOf(ctx: Koa.Context, limits: UploadLimits, budget: DrainBudget) {
  return readMultipart(budget.meter(receiveBody(ctx.req, ctx.res, limits.pace)), {
    contentType: ctx.get("Content-Type"),
    maxFiles: limits.maxFiles,
    maxFields: MAX_FIELDS,
    maxFieldBytes: limits.maxFieldBytes,
  });
}

/** A file as the one sees it who sent it. */
type Show = (file: FileEntry) => Promise<PresentedFile>;

/** The result of one file. */
type FormItem = { readonly status: 200 | 201; readonly file: PresentedFile } | RefusedItem;

/**
 * Publishes the files of a complete form, and answers for each: 201 when all are stored, else 207.
 *
 * @throws What refuses the only file, and {@link RefusedFormError} when all are refused with one code.
 */
async function publishFiles(
  ctx: Context,
  files: readonly ReceivedFile[],
  show: Show,
): Promise<StoredAnswer> {
  const items: FormItem[] = [];
  const refusals: unknown[] = [];
  for (const file of files) {
    try {
      items.push(await publishFile(file, show));
    } catch (error) {
      if (files.length === 1) throw error;
      items.push(refusedItem(ctx, error, "A file of a form was not published"));
      refusals.push(error);
    }
  }
  if (refusals.length === files.length) refuseAlike(refusals, items);
  const status = items.every((item) => "file" in item) ? 201 : 207;
  return { status, headers: locationOf(items), body: JSON.stringify({ items }) };
}

/** One resource has a `Location`; several have none in common (RFC 9110 §15.3.2). */
function locationOf([only, ...others]: readonly FormItem[]): Record<string, string> {
  if (only === undefined || !("file" in only) || others.length > 0) return {};
  const { links } = only.file;
  return links === undefined ? {} : { Location: links.content };
}

function refuseAlike([first, ...others]: readonly unknown[], items: readonly FormItem[]): void {
  if (!(first instanceof AppError)) return;
  const isAlike = others.every((other) => other instanceof AppError && other.code === first.code);
  if (isAlike) throw new RefusedFormError(first, items);
}

async function publishFile(received: ReceivedFile, show: Show): Promise<FormItem> {
  if ("refusal" in received) throw received.refusal;
  const { file, isNewFile } = await received.upload.publish();
  return { status: isNewFile ? 201 : 200, file: await show(file) };
}
