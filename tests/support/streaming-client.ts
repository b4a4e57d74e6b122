import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { somebody } from "./client.js";
import type { Json } from "./answer-json.js";

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Iterable<Buffer> | AsyncIterable<Buffer>;
  /** What happens between the server's `100 Continue`, which is asked for then, and the first byte of the body. */
  readonly onContinue?: () => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly json: Json;
}

/** What came down: nothing of it was kept. */
export interface Digest {
  readonly status: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Somebody signed in who sends and receives content as streams, each request on a connection of its own, and who can live with
 * a server that dies: a broken connection is an error of the call, and of nothing else.
 */
export class StreamingClient {
  readonly #url: string;
  readonly #credentials = somebody();
  #cookie = "";

  constructor(url: string) {
    this.#url = url;
  }

  static async register(url: string): Promise<StreamingClient> {
    const client = new StreamingClient(url);
    await client.#enter("register", 201);
    return client;
  }

  /** The `Cookie` header of this client, for whoever speaks HTTP in its name. */
  get cookie(): string {
    return this.#cookie;
  }

  /** Needed again when the sessions are gone. */
  signIn(): Promise<void> {
    return this.#enter("login", 200);
  }

  async send({ body = [], onContinue, ...head }: SentRequest): Promise<IncomingMessage> {
    const expect = onContinue !== undefined && { Expect: "100-continue" };
    const sent = this.#open({ ...head, headers: { ...head.headers, ...expect } });
    const answered = once(sent, "response") as Promise<[IncomingMessage]>;
    // An answer may come before all of the body is sent; it, or the lack of one, tells what happened.
    sent.on("error", () => undefined);
    const bytes = onContinue === undefined ? body : whenContinued({ sent, body, onContinue });
    void pipeline(Readable.from(bytes, { objectMode: false }), sent).catch(() => undefined);
    const [response] = await answered;
    return response;
  }

  /** Sends only the beginning of a body, as soon as the server wants it, and resets the connection. */
  async abandon({ body = [], ...head }: SentRequest): Promise<void> {
    const sent = this.#open({ ...head, headers: { ...head.headers, Expect: "100-continue" } });
    sent.flushHeaders();
    await once(sent, "continue");
    await pipeline(Readable.from(body, { objectMode: false }), sent, { end: false });
    const closed = new Promise((resolve) => sent.once("close", resolve));
    // No answer will come, which Node calls an error.
    sent.on("error", () => undefined);
    sent.socket?.resetAndDestroy();
    await closed;
  }

  async ask(sent: SentRequest): Promise<Reply> {
    const response = await this.send(sent);
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const json = (text === "" ? {} : JSON.parse(text)) as Json;
    return { status: response.statusCode ?? 0, headers: response.headers, json };
  }

  /** Stores content under a name; without `sizeBytes` no length is announced. */
  put(name: string, body: SentRequest["body"] & object, sizeBytes?: number): Promise<Reply> {
    return this.ask({
      method: "PUT",
      path: `/api/v1/files?name=${encodeURIComponent(name)}`,
      headers: {
        "Content-Type": "application/octet-stream",
        ...(sizeBytes !== undefined && { "Content-Length": String(sizeBytes) }),
      },
      body,
    });
  }

  async download(id: string): Promise<Digest> {
    const response = await this.send({ method: "GET", path: `/api/v1/files/${id}` });
    const hash = createHash("sha256");
    let sizeBytes = 0;
    for await (const piece of response) {
      sizeBytes += (piece as Buffer).length;
      hash.update(piece as Buffer);
    }
    return { status: response.statusCode ?? 0, sizeBytes, sha256: hash.digest("hex") };
  }

  async get(path: string): Promise<Json> {
    const { status, json } = await this.ask({ method: "GET", path });
    if (status !== 200) throw new Error(`${path} is answered ${status}`);
    return json;
  }

  /** All files, page after page. */
  async list(): Promise<Json["items"][number][]> {
    const items: Json["items"][number][] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get(`/api/v1/files?limit=1000${from}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  #open({ method, path, headers }: Pick<SentRequest, "method" | "path" | "headers">) {
    return request(new URL(path, this.#url), {
      method,
      agent: false,
      headers: { Cookie: this.#cookie, ...headers },
    });
  }

  async #enter(door: string, expected: number): Promise<void> {
    const response = await fetch(`${this.#url}/api/v1/${door}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(this.#credentials),
    });
    if (response.status !== expected) throw new Error(`${door} is answered ${response.status}`);
    const cookies = response.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
    this.#cookie = cookies.join("; ");
  }
}

async function* whenContinued({
  sent,
  body,
  onContinue,
}: Required<Pick<SentRequest, "body" | "onContinue">> & { readonly sent: ClientRequest }) {
  sent.flushHeaders();
  await once(sent, "continue");
  await onContinue();
  yield* body;
}
