import type Koa from "koa";
import { isId, type Id } from "../../../common/platform/ids.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/intent.js";
import type { ResumableUploadDoc } from "../../../common/uploads/upload.js";
import { readWriteCondition } from "../../files/write-condition.js";
import { MalformedRequestError } from "../../http/errors.js";
import { readUploadMetadata } from "./metadata.js";

const MOST_PARTS = 1000;
const PART_URL = /^(?:https?:\/\/[^/]+)?\/(?:[^?#]*\/)?uploads\/([^/?#]+)$/;

type Request = Pick<Koa.Context, "req">;

/** What the header of a creation says about the upload (tus 1.0, creation and concatenation). */
export function newUploadIntent({ req }: Request): ResumableIntent {
  const isPart = req.headers["upload-concat"] === "partial";
  const length = req.headers["upload-length"];
  return {
    ...readUploadMetadata(req.headers["upload-metadata"]?.toString()),
    expectedBytes: length === undefined ? undefined : Number(length),
    isPart,
    // A part has no name that it will take.
    condition: isPart ? null : readWriteCondition(req.headers),
  };
}

/**
 * The parts that a creation asks to be put together, in order; `undefined` when it asks for nothing of the kind.
 *
 * @throws MalformedRequestError
 */
export function readParts({ req }: Request): Id[] | undefined {
  const list = /^final;(.*)$/s.exec(req.headers["upload-concat"]?.toString() ?? "")?.[1];
  if (list === undefined) return undefined;
  if (req.headers["upload-length"] !== undefined) {
    throw new MalformedRequestError(
      "the length of an upload that is put together is that of its parts",
    );
  }
  const ids = list.trim().split(/ +/).map(partId);
  if (ids.length > MOST_PARTS) {
    throw new MalformedRequestError(`at most ${MOST_PARTS} parts can be put together`);
  }
  if (new Set(ids).size < ids.length) {
    throw new MalformedRequestError("Upload-Concat names a part twice");
  }
  return ids;
}

/** `Upload-Concat` as an upload was begun with. */
export function partsOf({ resumable }: ResumableUploadDoc, base: string): string | undefined {
  if (resumable.isPart) return "partial";
  if (resumable.partIds === null) return undefined;
  return `final;${resumable.partIds.map((id) => `${base}/uploads/${id}`).join(" ")}`;
}

/** Only the id counts: the host and the path before it are as some proxy may have made them. */
function partId(url: string): Id {
  const id = PART_URL.exec(url)?.[1] ?? "";
  if (isId(id)) return id;
  throw new MalformedRequestError("Upload-Concat must be `final;` and the URLs of its parts");
}
