import type { FolderPaths } from "../../../common/folders/paths.js";
import type { Concatenation } from "../../../common/uploads/resumable/concatenation.js";
import type { ResumableUploads } from "../../../common/uploads/resumable/service.js";
import type { Checksum } from "../../../common/uploads/resumable/checksum.js";
import type { GuestContext } from "../../http/allow.js";
import { withNameIn } from "../../http/name-field.js";
import type { UploadLimits } from "../limits.js";
import { answer } from "./answer.js";
import { readChecksum } from "./checksum.js";
import {
  malformedField,
  readPartIds,
  readTusFields,
  readUploadIntent,
  type TusFields,
  type UploadConcat,
} from "./fields.js";
import { placeFinder } from "./place.js";
import { hasBody, isPiece, receiveFirst, refuseOtherBody, removeUnlessHeard } from "./piece.js";
import {
  presentExpiry,
  presentFile,
  presentOffset,
  uploadLocation,
  uploadsBase,
} from "./present.js";

/** What tus is served with. */
export interface TusDeps {
  readonly folderPaths: FolderPaths;
  readonly uploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly limits: UploadLimits;
}

/** A client that sends its grant in the URL needs it in the URL of the new upload, too. */
function grantQuery({ querystring }: Pick<GuestContext, "querystring">): string {
  const token = new URLSearchParams(querystring).get("grant");
  return token === null ? "" : `?grant=${encodeURIComponent(token)}`;
}

const NAME = { in: "header", pointer: "Upload-Metadata" } as const;

/** POST: begins an upload, of which the first bytes may come along, or concatenates parts. */
export function create(deps: TusDeps) {
  return async (ctx: GuestContext): Promise<void> => {
    const fields = {
      ...readTusFields(ctx.req.headers),
      checksum: readChecksum(ctx.req.headers),
    };
    const { concat } = fields;
    await refuseOtherBody(ctx, deps.limits);
    if (typeof concat === "object") await concatenate(ctx, deps, { ...fields, concat });
    else await begin(ctx, deps, fields);
  };
}

type FirstFields = TusFields & { readonly checksum: Checksum | undefined };
type FinalFields = TusFields & { readonly concat: Exclude<UploadConcat, "partial"> };

async function concatenate(ctx: GuestContext, deps: TusDeps, fields: FinalFields): Promise<void> {
  const { concatenation, limits } = deps;
  // "The Client MUST NOT include the Upload-Length header in the final upload creation."
  if (fields.length !== undefined)
    throw malformedField("Upload-Length", "of a final upload is not sent");
  if (await hasBody(ctx, limits))
    throw malformedField("Upload-Concat", "of a final upload is sent without a body");
  const { actor } = ctx.state;
  const intent = readUploadIntent(ctx.req.headers, fields);
  const partIds = readPartIds(fields.concat);
  const findPlace = placeFinder({ ...deps, actor }, fields, intent.name);
  const place = await withNameIn(NAME, findPlace);
  const { uploadId, fileId } = await withNameIn(NAME, () =>
    concatenation.run({ actor, place }, intent, partIds),
  );
  answer(ctx, 201, {
    Location: uploadLocation(uploadId, uploadsBase(ctx)) + grantQuery(ctx),
    ...presentFile({ fileId }, uploadsBase(ctx)),
  });
}

async function begin(ctx: GuestContext, deps: TusDeps, fields: FirstFields): Promise<void> {
  const { uploads, limits } = deps;
  const { checksum } = fields;
  const intent = readUploadIntent(ctx.req.headers, fields);
  // "The request MUST include one of the following headers: a) Upload-Length to indicate the size of an entire upload in bytes.
  // b) Upload-Defer-Length: 1 if upload size is not known at the time."
  if ((fields.length !== undefined) === fields.isLengthDeferred) {
    throw malformedField("Upload-Length", "or Upload-Defer-Length is needed, and not both");
  }
  const placing = { ...deps, actor: ctx.state.actor };
  const findPlace = placeFinder(placing, fields, intent.name);
  const upload = await withNameIn(NAME, async () => uploads.create(await findPlace(), intent));
  await receiveFirst(ctx, { upload, limits, checksum });
  removeUnlessHeard(ctx, upload);
  // "The Server MUST acknowledge a successful upload creation with the 201 Created status. The Server MUST set the Location header
  // to the URL of the created resource. This URL MAY be absolute or relative."
  answer(ctx, 201, {
    Location: uploadLocation(upload.upload._id, uploadsBase(ctx)) + grantQuery(ctx),
    // Creation with upload: "The Server ... MUST include the Upload-Offset header in the response".
    ...(isPiece(ctx) && presentOffset(upload)),
    // "If the expiration is known at the creation, the Upload-Expires header MUST be included in the response to the initial POST
    // request."
    ...presentExpiry(upload),
    ...presentFile(upload, uploadsBase(ctx)),
  });
}
