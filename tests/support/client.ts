import { Readable } from "node:stream";
import request, { type Response, type Test } from "supertest";
import { newId } from "../../common/platform/ids.js";
import type { FileJson, FolderJson, Json, UsageJson } from "./answer-json.js";
import { checkResponse } from "./openapi/response-checker.js";

/** What a server answered. `json` is `undefined` for what is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly json: Json;
}

/** An API key, and a client that sends it. */
export interface KeyHolder {
  readonly id: string;
  readonly key: string;
  readonly client: Client;
}

/** A file of a form. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Buffer | string;
  readonly type?: string;
}

/** Somebody with a cookie jar, who holds every answer to what `openapi/` promises. */
export class Client {
  readonly url: string;
  readonly #agent: ReturnType<typeof request.agent>;
  #cookie = "";

  /** @param headers - What it sends with each request, for example a credential. */
  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url;
    this.#agent = request.agent(url);
    void this.#agent.set(headers);
  }

  /** Somebody without cookies, who sends an API key or an access token. */
  static bearer(url: string, token: string): Client {
    return new Client(url, { Authorization: `Bearer ${token}` });
  }

  /** The `Cookie` header of this client, for whoever speaks HTTP in its name. */
  get cookie(): string {
    return this.#cookie;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#answer(this.#agent.get(path).set(headers));
  }

  head(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#answer(this.#agent.head(path).set(headers));
  }

  post(path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#answer(this.#agent.post(path).set(headers).send(body));
  }

  patch(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#answer(this.#agent.patch(path).set(headers).send(body));
  }

  put(path: string, bytes: Buffer | string, headers: Record<string, string> = {}): Promise<Answer> {
    const type = { "Content-Type": "application/octet-stream" };
    return this.#answer(
      this.#agent
        .put(path)
        .set({ ...type, ...headers })
        .send(bytes),
    );
  }

  /** Sends a body of JSON, or none. */
  send(method: "PATCH" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<Answer> {
    const test = { PATCH: "patch", POST: "post", PUT: "put", DELETE: "delete" } as const;
    return this.#answer(this.#agent[test[method]](path).send(body));
  }

  /** {@link put} with a body whose length is not announced. */
  async putChunked(path: string, bytes: Buffer): Promise<Pick<Answer, "status" | "json">> {
    const response = await fetch(this.url + path, {
      method: "PUT",
      headers: { Cookie: this.#cookie },
      body: Readable.toWeb(Readable.from([bytes])) as ReadableStream,
      ...{ duplex: "half" },
    });
    return { status: response.status, json: (await response.json()) as Json };
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#answer(this.#agent.delete(path).set(headers));
  }

  /** Sends files as a form, the way a browser does. */
  upload(
    files: readonly FormFile[],
    path = "/api/v1/upload",
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const form = files.reduce((sent, { name, bytes, type }) => {
      const options = { filename: name, ...(type !== undefined && { contentType: type }) };
      return sent.attach("file", Buffer.from(bytes), options);
    }, this.#agent.post(path).set(headers));
    return this.#answer(form);
  }

  /** Stores one file under a name and gives the file that the answer shows. */
  async store(name: string, bytes: Buffer | string): Promise<FileJson> {
    const { status, json } = await this.put(
      `/api/v1/files?name=${encodeURIComponent(name)}`,
      bytes,
    );
    if (status !== 201 && status !== 200) throw new Error(`Not stored: ${JSON.stringify(json)}`);
    return json;
  }

  /** Makes a folder, in the root unless another one is named. */
  async makeFolder(name: string, parentId = "root"): Promise<FolderJson> {
    const { status, json } = await this.post("/api/v1/folders", { name, parentId });
    if (status !== 201) throw new Error(`Not made: ${JSON.stringify(json)}`);
    return json;
  }

  /** Registers an account that nobody else has, which signs in. */
  async register(): Promise<Json> {
    const { status, json } = await this.post("/api/v1/register", somebody());
    if (status !== 201) throw new Error(`Not registered: ${JSON.stringify(json)}`);
    return json;
  }

  /** Makes an API key. @returns its id, and a client that has it and nothing else. */
  async makeKey(scopes: readonly string[], terms: object = {}): Promise<KeyHolder> {
    const body = { name: "key", scopes, ...terms };
    const { status, json } = await this.post("/api/v1/api-keys", body);
    if (status !== 201) throw new Error(`Not made: ${JSON.stringify(json)}`);
    return { id: json.id, key: json.key, client: Client.bearer(this.url, json.key) };
  }

  async usage(): Promise<UsageJson> {
    const { json } = await this.get("/api/v1/me");
    return json.usage;
  }

  async #answer(test: Test): Promise<Answer> {
    const { cookies, ...given } = await answer(test);
    if (cookies !== undefined) this.#cookie = cookies;
    return given;
  }
}

/** Credentials that nobody else has. */
export const somebody = () => ({ username: `u.${newId()}`, password: "seven-purple-owls" });

async function answer(test: Test): Promise<Answer & { readonly cookies: string | undefined }> {
  const response = await test
    .buffer(true)
    .parse(readBytes)
    .redirects(0)
    .ok(() => true);
  const bytes = Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0);
  const headers = response.headers as Record<string, string>;
  const isJson = /[/+]json\b/.test(headers["content-type"] ?? "");
  const json = isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as unknown) : undefined;
  const { method, url } = response.request as { method: string; url: string };
  checkResponse({
    method,
    path: new URL(url).pathname,
    status: response.status,
    headers,
    body: bytes,
  });
  return {
    status: response.status,
    headers,
    bytes,
    json: json as Json,
    cookies: cookiesIn(response.headers["set-cookie"]),
  };
}

function cookiesIn(fields: unknown): string | undefined {
  if (!Array.isArray(fields)) return undefined;
  return fields.map((field) => String(field).replace(/;.*/s, "")).join("; ");
}

function readBytes(response: Response, done: (error: Error | null, bytes: Buffer) => void): void {
  const pieces: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  stream.on("end", () => {
    done(null, Buffer.concat(pieces));
  });
}
