import { checkResponse } from "./openapi/response-checker.js";
import type { ProblemJson } from "./answer-json.js";

/** What a tus server answered. */
export interface TusAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly problem: ProblemJson | undefined;
}

type Fields = Readonly<Record<string, string>>;
type Credential = { readonly cookie: string } | { readonly token: string };

/** Speaks tus 1.0 step by step, and holds every answer to what `openapi/` promises. */
export class TusClient {
  readonly #url: string;
  readonly #credential: Fields;

  /** @param options - `token`: an API key or an access token, instead of the cookie. */
  constructor(options: { readonly url: string } & Credential) {
    this.#url = options.url;
    this.#credential =
      "token" in options
        ? { Authorization: `Bearer ${options.token}` }
        : { Cookie: options.cookie };
  }

  /** The same client at another web process. */
  at(url: string): TusClient {
    const { Authorization, Cookie = "" } = this.#credential;
    const token = Authorization?.replace("Bearer ", "");
    return new TusClient({ url, ...(token === undefined ? { cookie: Cookie } : { token }) });
  }

  /** @returns The path of a new upload. */
  async begin(fields: Fields, body?: Buffer): Promise<string> {
    const answer = await this.create(fields, body);
    if (answer.status !== 201) throw new Error(`Not begun: ${JSON.stringify(answer.problem)}`);
    return locationOf(answer.headers);
  }

  create(fields: Fields, body?: Buffer): Promise<TusAnswer> {
    return this.send("POST", "/api/v1/uploads", {
      fields: { ...fields, ...(body !== undefined && PIECE) },
      ...(body !== undefined && { body }),
    });
  }

  head(path: string): Promise<TusAnswer> {
    return this.send("HEAD", path);
  }

  /** @returns How many bytes the server has. */
  async offset(path: string): Promise<number> {
    const { headers } = await this.head(path);
    return Number(headers.get("upload-offset") ?? "NaN");
  }

  patch(
    path: string,
    { offset, body, fields }: { offset: number; body: Buffer; fields?: Fields },
  ): Promise<TusAnswer> {
    return this.send("PATCH", path, {
      fields: { ...PIECE, "Upload-Offset": String(offset), ...fields },
      body,
    });
  }

  terminate(path: string): Promise<TusAnswer> {
    return this.send("DELETE", path);
  }

  async send(
    method: string,
    path: string,
    { fields = {}, body }: { readonly fields?: Fields; readonly body?: Buffer } = {},
  ): Promise<TusAnswer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { ...this.#credential, "Tus-Resumable": "1.0.0", ...fields },
      ...(body !== undefined && { body: new Uint8Array(body) }),
    });
    const { status, headers } = response;
    const bytes = Buffer.from(await response.arrayBuffer());
    checkResponse({ method, path, status, headers: Object.fromEntries(headers), body: bytes });
    const problem = bytes.length > 0 ? (JSON.parse(bytes.toString()) as ProblemJson) : undefined;
    return { status, headers, problem };
  }
}

/** The path of what an answer has created; the URL has to be absolute. */
export const locationOf = (headers: Headers): string =>
  new URL(headers.get("location") ?? "").pathname;

const PIECE = { "Content-Type": "application/offset+octet-stream" };

/** `Upload-Metadata` of some values. */
export function uploadMetadata(values: Fields): Fields {
  const pairs = Object.entries(values).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`,
  );
  return { "Upload-Metadata": pairs.join(",") };
}
