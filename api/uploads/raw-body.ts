import type { IncomingMessage } from "node:http";
import type { Access } from "../../common/access/service.js";
import type { NameField } from "../../common/entries/errors.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { FindPlace } from "../../common/idempotency/keyed-request.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { Published, UploadIntent } from "../../common/uploads/upload.js";
import { shownTo } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import type { GuestContext } from "../http/allow.js";
import { declaredLength, expectsContinue, receiveBody } from "../http/body.js";
import { readDigestClaims } from "../http/digest-fields.js";
import { parseEpoch, parseInstant } from "../http/instant.js";
import { claimedMediaType } from "../http/media-type.js";
import { withNameIn } from "../http/name-field.js";
import { apiBase } from "../http/route.js";
import { readRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { publishedAnswer, type UploadDeps } from "./answer.js";

/** Where a request wants its body to be stored, and how. */
export interface RawFile extends Pick<UploadIntent, "onConflict"> {
  readonly name: string;
  /** Where the request has the name. */
  readonly nameField: NameField;
  readonly findPlace: FindPlace;
  /** As the query has it. */
  readonly modifiedAt?: string | undefined;
  /** Writes the answer. Default: the file, as its owner sees it. */
  readonly present?: (published: Published) => Promise<StoredAnswer> | StoredAnswer;
}

type Deps = Pick<UploadDeps, "access" | "requests" | "limits">;

/** Stores the body of a request as one file, and answers with the file. */
export async function storeBody(
  ctx: GuestContext,
  { access, requests, limits }: Deps,
  { name, nameField, findPlace, onConflict, modifiedAt, ...file }: RawFile,
): Promise<void> {
  const present = file.present ?? ((published: Published) => presentOwn(access, ctx, published));
  const claims = readDigestClaims(ctx.req);
  const intent = {
    name,
    onConflict,
    condition: readWriteCondition(ctx.req.headers),
    claimedType: claimedMediaType(ctx.get("Content-Type")),
    expectedBytes: declaredLength(ctx.req),
    expectsContinue: expectsContinue(ctx.req),
    modifiedAt: modifiedAt === undefined ? readMtime(ctx.req) : parseInstant(modifiedAt),
  };
  const request = await requests.begin(ctx.state.actor, readRequestKey(ctx));
  try {
    const upload = await withNameIn(nameField, () => request.admit(findPlace, intent));
    await upload.receive(receiveBody(ctx.req, ctx.res, limits.pace), claims);
    const answer = request.findAnswer() ?? (await present(await upload.publish()));
    await request.finish(answer);
    sendAnswer(ctx, answer);
  } catch (error) {
    await request.release();
    throw error;
  }
}

/**
 * Reads `X-OC-Mtime`, which clients made for ownCloud and Nextcloud send: seconds since 1970, with or without a fraction.
 *
 * @returns `undefined` without the field.
 * @throws InvalidRequestError
 */
function readMtime({ headers }: IncomingMessage): Date | undefined {
  const field = headers["x-oc-mtime"]?.toString();
  if (field === undefined) return undefined;
  const at = parseEpoch(field, 1000);
  if (at !== undefined) return at;
  const detail = "X-OC-Mtime must be a number of seconds since 1970";
  throw new InvalidRequestError([{ in: "header", pointer: "X-OC-Mtime", detail }]);
}

async function presentOwn(
  access: Access,
  ctx: GuestContext,
  published: Published,
): Promise<StoredAnswer> {
  const { actor } = ctx.state;
  const path = await access.pathOf(actor, published.file);
  const file = shownTo(actor, published.file);
  return publishedAnswer({ ...published, file }, apiBase(ctx), path);
}
