import { Readable } from "node:stream";
import type Koa from "koa";
import { PreconditionFailedError } from "../../common/platform/errors.js";
import { newId } from "../../common/platform/ids.js";
import { type BodyPlan, contentRange, planByteRanges } from "./byteranges.js";
import { evaluateConditions, isRangeWanted, type Validators } from "./conditional.js";
import { contentDisposition } from "./content-disposition.js";
import { digestField, isSha256Welcome } from "./digest-fields.js";
import { CONTENT_HEADERS, OWN_FRAME_HEADERS, presentationOf } from "./media-type.js";
import { type ByteRange, resolveRanges } from "./range.js";

/** A body up to this length is sent in one piece: a stream costs more than a copy of it. */
const WHOLE_BYTES = 256 * 1024;

const PDF = "application/pdf";

/** Stored content, as it is to be served. */
export interface Content extends Required<Validators> {
  /** The file name to save it under. */
  readonly name: string;
  /** As detected; `null` where nothing is known. */
  readonly type: string | null;
  /** Of text, as detected. Default: UTF-8. */
  readonly encoding?: string | null | undefined;
  readonly sizeBytes: number;
  /** Of all of it, hexadecimal; `null` where nobody knows it before all is read. */
  readonly sha256: string | null;
  /** The bytes of a window, whose last is before its first where the content is empty. Ending its iterator ends the reading. */
  readonly open: (window: ByteRange) => AsyncIterable<Buffer>;
}

/** How content is sent, where that is not the usual. */
export interface Sending {
  /** Default: as its type may be shown. */
  readonly disposition?: "attachment" | undefined;
  /**
   * Called before the first byte is read. Not for HEAD, nor where the answer has none of the content.
   *
   * @param sent - `first`: the first byte that is sent, from 0. `bytes`: how many bytes of the content the answer has.
   */
  readonly begin?: (sent: { readonly first: number; readonly bytes: number }) => Promise<void>;
}

/**
 * Answers GET and HEAD for stored content: conditions, one or several ranges, and headers that keep a browser from taking it
 * for a page of ours.
 *
 * The first bytes (all of a short body) are read before the header is sent, so what cannot be read at all is still a clean error. When
 * reading fails later the connection is cut, because the promised length can no longer be kept. A client that goes away ends the reading.
 *
 * @throws {@link PreconditionFailedError}, `RangeNotSatisfiableError` and `InvalidRequestError`, and whatever `begin` and the first read throw.
 */
export async function sendContent(
  ctx: Koa.Context,
  content: Content,
  { disposition, begin }: Sending = {},
): Promise<void> {
  setContentHeaders(ctx, content, disposition);
  const verdict = evaluateConditions(ctx.headers, content);
  if (verdict === "failed") throw new PreconditionFailedError();
  if (verdict === "not-modified") {
    ctx.status = 304;
    return;
  }
  const ranges = rangesOf(ctx, content);
  const [only] = ranges ?? [];
  const plan = planBody(content, ranges);
  if (only !== undefined && ranges?.length === 1) {
    ctx.set("Content-Range", contentRange(only, content.sizeBytes));
  }
  if (ctx.method !== "HEAD") {
    const bytes = contentBytes(plan);
    if (bytes > 0) await begin?.({ first: only?.first ?? 0, bytes });
    ctx.body = await openBody(ctx, content, plan);
  }
  ctx.status = ranges === undefined ? 200 : 206;
  ctx.set("Content-Type", plan.contentType);
  ctx.length = plan.lengthBytes;
  setDigests(ctx, content);
}

/** RFC 9530. The answer's own digest is known where its body is all of the content. */
function setDigests(ctx: Koa.Context, { sha256 }: Content): void {
  if (sha256 === null) return;
  const field = digestField(sha256);
  const isWhole = ctx.method === "GET" && ctx.status === 200;
  if (isSha256Welcome(ctx.get("Want-Repr-Digest"))) ctx.set("Repr-Digest", field);
  if (isWhole && isSha256Welcome(ctx.get("Want-Content-Digest"))) ctx.set("Content-Digest", field);
}

function setContentHeaders(
  ctx: Koa.Context,
  { name, type, etag, lastModified }: Content,
  disposition?: "attachment",
): void {
  ctx.set({
    ...CONTENT_HEADERS,
    ETag: etag,
    "Last-Modified": lastModified.toUTCString(),
    "Accept-Ranges": "bytes",
  });
  const shown = presentationOf(type);
  const isFramed = disposition === undefined && shown.contentType === PDF && allowOwnFrame(ctx);
  const how = isFramed ? "inline" : (disposition ?? shown.disposition);
  ctx.set("Content-Disposition", contentDisposition(how, name));
}

/**
 * Lets a page of ours show a PDF in a frame. Everywhere else it is downloaded: the viewers of browsers may run its scripts. The browser itself says
 * (W3C Fetch Metadata) that the answer goes into a frame of a page of the same origin. The sandbox stays.
 *
 * @returns Whether it is so.
 */
function allowOwnFrame(ctx: Koa.Context): boolean {
  ctx.vary("Sec-Fetch-Dest, Sec-Fetch-Site");
  const isFramed =
    ctx.get("Sec-Fetch-Dest") === "iframe" && ctx.get("Sec-Fetch-Site") === "same-origin";
  if (isFramed) ctx.set(OWN_FRAME_HEADERS);
  return isFramed;
}

/** `Range` means something to GET alone (RFC 9110 §14.2). */
function rangesOf(ctx: Koa.Context, content: Content): ByteRange[] | undefined {
  if (ctx.method !== "GET" || !isRangeWanted(ctx.headers, content)) return undefined;
  return resolveRanges(ctx.get("Range"), content.sizeBytes);
}

function planBody(
  { type, encoding, sizeBytes }: Content,
  ranges: ByteRange[] | undefined,
): BodyPlan {
  const { contentType } = presentationOf(type, encoding);
  if (ranges !== undefined && ranges.length > 1) {
    return planByteRanges({ ranges, sizeBytes, contentType, boundary: newId() });
  }
  // Empty content is opened like any other: that it is empty may have to be verified.
  const [window = { first: 0, last: sizeBytes - 1 }] = ranges ?? [];
  return { contentType, pieces: [window], lengthBytes: window.last - window.first + 1 };
}

/** How much of a body is content. */
const contentBytes = ({ pieces }: BodyPlan) =>
  pieces.reduce(
    (sum, piece) => sum + (Buffer.isBuffer(piece) ? 0 : piece.last - piece.first + 1),
    0,
  );

/** The first bytes are read here, while an error can still be answered. */
async function openBody(ctx: Koa.Context, { open }: Content, { pieces, lengthBytes }: BodyPlan) {
  const bytes = readPieces(pieces, open);
  if (lengthBytes <= WHOLE_BYTES) return wholeOf(bytes);
  const first = await bytes.next();
  // Without a buffer of its own: what waits for the client is in the socket's.
  const body = Readable.from(startingWith(first, bytes), { objectMode: false, highWaterMark: 0 });
  // Koa only logs an error that comes after the header, and leaves the connection waiting for the rest.
  body.once("error", () => ctx.res.destroy());
  return body;
}

async function wholeOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of bytes) all.push(piece);
  const [first] = all;
  return all.length === 1 && first !== undefined ? first : Buffer.concat(all);
}

async function* readPieces(
  pieces: BodyPlan["pieces"],
  open: Content["open"],
): AsyncGenerator<Buffer, void, undefined> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* exactly(piece.last - piece.first + 1, open(piece));
  }
}

/** @throws When there are more or fewer bytes than were promised to the client. */
async function* exactly(
  lengthBytes: number,
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let missingBytes = lengthBytes;
  for await (const piece of bytes) {
    missingBytes -= piece.length;
    if (missingBytes < 0) break;
    yield piece;
  }
  if (missingBytes !== 0) throw new Error(`The content has not the ${lengthBytes} bytes it should`);
}

/** A generator would not do: one that is ended before it was asked for anything does not end what it reads from. */
function startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void, undefined>) {
  const ahead = [first];
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve(ahead.shift() ?? rest.next()),
      return: () => rest.return(),
    }),
  };
}
