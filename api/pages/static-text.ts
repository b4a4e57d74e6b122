import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context } from "koa";
import { PreconditionFailedError } from "../../common/platform/errors.js";
import { evaluateConditions } from "../http/conditional.js";
import { chooseCoding, type Coding } from "../http/content-coding.js";

/** About as small as the highest quality makes it, in a tenth of the time. */
const BROTLI_QUALITY = 9;

const COMPRESS: Readonly<Record<Coding, (content: Buffer) => Promise<Buffer>>> = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
    }),
  gzip: (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

interface Encoded {
  readonly content: Buffer;
  /** Strong, so each coding has its own (RFC 9110 §8.8.3.3). */
  readonly etag: string;
  /** `undefined` where the content is sent as it is. */
  readonly coding?: Coding;
}

/**
 * A text that is the same for everybody, in memory. It is compressed once in each coding, when that is first asked for.
 *
 * Nothing else is compressed. The length of an answer that has secrets beside what the request says would tell of the secrets (BREACH), so
 * answers of the API are sent as they are. Stored files are sent byte for byte.
 */
export class StaticText {
  /** Its media type, without a charset. */
  readonly type: string;
  readonly content: Buffer;
  readonly #digest: string;
  readonly #encoded = new Map<Coding, Promise<Encoded>>();

  constructor({ type, content }: { readonly type: string; readonly content: Buffer }) {
    this.type = type;
    this.content = content;
    this.#digest = createHash("sha256").update(content).digest("base64url");
  }

  /**
   * Answers GET and HEAD in the best coding that the client accepts, or 304 when it has the text already.
   *
   * @throws {@link PreconditionFailedError}, and `InvalidRequestError` for malformed conditions.
   */
  async send(ctx: Context): Promise<void> {
    ctx.vary("Accept-Encoding");
    const { content, etag, coding } = await this.#encodedFor(ctx.req.headers["accept-encoding"]);
    ctx.set("ETag", etag);
    const verdict = evaluateConditions(ctx.headers, { etag });
    if (verdict === "failed") throw new PreconditionFailedError();
    if (verdict === "not-modified") {
      ctx.status = 304;
      return;
    }
    ctx.type = this.type;
    if (coding !== undefined) ctx.set("Content-Encoding", coding);
    ctx.body = content;
  }

  #encodedFor(acceptEncoding: string | string[] | undefined): Encoded | Promise<Encoded> {
    const coding = chooseCoding(acceptEncoding?.toString());
    if (coding === "identity") return this.#plain();
    const known = this.#encoded.get(coding);
    if (known !== undefined) return known;
    const encoded = this.#encode(coding);
    this.#encoded.set(coding, encoded);
    return encoded;
  }

  async #encode(coding: Coding): Promise<Encoded> {
    const content = await COMPRESS[coding](this.content);
    if (content.length >= this.content.length) return this.#plain();
    return { content, etag: `"${this.#digest}-${coding}"`, coding };
  }

  #plain(): Encoded {
    return { content: this.content, etag: `"${this.#digest}"` };
  }
}
