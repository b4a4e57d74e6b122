import { randomBytes } from "node:crypto";
import { RawClient } from "../support/raw-client.js";

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** The status that the session cannot go on without. */
  readonly expects: number;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const TUS = { "Tus-Resumable": "1.0.0" };
const PIECE = { ...TUS, "Content-Type": "application/offset+octet-stream" };

/**
 * Plays a session that uses all of the API, over raw connections, as somebody who was not there before.
 *
 * @returns Every request of it, byte for byte. They name things that are still there, but for what was deleted last.
 */
export async function recordSession(port: number): Promise<Buffer[]> {
  const session = new RawSession(port);
  await session.signIn();
  await storeFiles(session);
  await resumeUpload(session);
  await readBack(session);
  return session.requests;
}

class RawSession {
  readonly requests: Buffer[] = [];
  readonly #port: number;
  #cookie = "";

  constructor(port: number) {
    this.#port = port;
  }

  async signIn(): Promise<void> {
    const somebody = JSON.stringify({
      username: `u.${randomBytes(8).toString("hex")}`,
      password: "seven-purple-owls",
    });
    const credentials = { headers: JSON_TYPE, body: somebody };
    const registered = await this.send("POST", "/api/v1/register", {
      ...credentials,
      expects: 201,
    });
    this.#cookie = cookiesIn(registered.text);
    await this.send("POST", "/api/v1/logout", { expects: 204 });
    this.#cookie = "";
    // A mutation of what was sent so far ends no session that is in use.
    const signedIn = await this.send("POST", "/api/v1/login", { ...credentials, expects: 200 });
    this.#cookie = cookiesIn(signedIn.text);
  }

  async send(method: string, target: string, { headers = {}, body = "", expects }: Sent) {
    const hasBody = body.length > 0 || method === "PUT";
    const fields = {
      Host: `127.0.0.1:${this.#port}`,
      Connection: "close",
      ...(this.#cookie !== "" && { Cookie: this.#cookie }),
      ...headers,
      ...(hasBody && { "Content-Length": String(Buffer.byteLength(body)) }),
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
    const request = Buffer.concat([Buffer.from(head), Buffer.from(body)]);
    this.requests.push(request);
    const answer = await (await RawClient.open(this.#port)).send(request).closed();
    if (answer.status === expects) return answer;
    throw new Error(`${method} ${target} was answered ${answer.text}`);
  }
}

const cookiesIn = (answer: string) =>
  [...answer.matchAll(/^set-cookie: ([^;]+)/gim)].map(([, cookie]) => cookie).join("; ");

const idOf = ({ body }: { readonly body: string }) =>
  String((JSON.parse(body) as { readonly id: unknown }).id);

async function storeFiles(session: RawSession): Promise<void> {
  const folder = await session.send("POST", "/api/v1/folders", {
    headers: JSON_TYPE,
    body: JSON.stringify({ name: "Holidays" }),
    expects: 201,
  });
  const within = `folderId=${idOf(folder)}`;
  const form = (name: string) =>
    `--x\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\nhello ${name}\r\n`;
  await session.send("POST", `/api/v1/upload?${within}`, {
    headers: { "Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": '"k-1"' },
    body: `${form("a.txt")}${form("b.txt")}--x--\r\n`,
    expects: 201,
  });
  const put = (body: Buffer | string, more: Readonly<Record<string, string>>, expects: number) =>
    session.send("PUT", "/api/v1/files?name=notes.txt", {
      headers: { "Content-Type": "text/plain", ...more },
      body,
      expects,
    });
  await put(randomBytes(40_000), { "If-None-Match": "*" }, 201);
  await put("second", { "If-Match": "*", "Idempotency-Key": "k-2" }, 200);
  await put("", { "Repr-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:" }, 200);
  await session.send("GET", `/api/v1/folders/${idOf(folder)}/children?sort=name&limit=1`, {
    expects: 200,
  });
}

async function resumeUpload(session: RawSession): Promise<void> {
  const begin = (more: Readonly<Record<string, string>>) =>
    session.send("POST", "/api/v1/uploads", { headers: { ...TUS, ...more }, expects: 201 });
  const pathOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
    new URL(headers["location"] ?? "", "http://a").pathname;
  const resume = (path: string, offset: number, body: string) =>
    session.send("PATCH", path, {
      headers: { ...PIECE, "Upload-Offset": String(offset) },
      body,
      expects: 204,
    });
  const upload = pathOf(
    await begin({
      "Upload-Length": "10",
      "Upload-Metadata": "filename bm90ZXM=,onConflict cmVuYW1l",
    }),
  );
  await resume(upload, 0, "hello");
  await session.send("HEAD", upload, { headers: TUS, expects: 200 });
  await resume(upload, 5, "world");
  const parts = [];
  for (const body of ["one", "two"]) {
    const part = pathOf(await begin({ "Upload-Length": "3", "Upload-Concat": "partial" }));
    await resume(part, 0, body);
    parts.push(part);
  }
  await begin({ "Upload-Concat": `final;${parts.join(" ")}` });
  const given = pathOf(await begin({ "Upload-Defer-Length": "1" }));
  await session.send("DELETE", given, { headers: TUS, expects: 204 });
  await session.send("OPTIONS", "/api/v1/uploads", { expects: 204 });
}

async function readBack(session: RawSession): Promise<void> {
  const stored = await session.send("PUT", "/api/files?name=read.bin", {
    body: randomBytes(20_000),
    expects: 201,
  });
  const path = `/api/files/${idOf(stored)}`;
  const etag = String(stored.headers["etag"]);
  for (const [headers, expects] of [
    [{}, 200],
    [{ Range: "bytes=0-99" }, 206],
    [{ Range: "bytes=0-9,20-29", "If-Range": etag }, 206],
    [{ "If-None-Match": etag }, 304],
    [{ "If-Match": '"other"' }, 412],
    [{ Range: "bytes=99999-" }, 416],
  ] as const) {
    await session.send("GET", path, { headers, expects });
  }
  await session.send("HEAD", path, { expects: 200 });
  await session.send("GET", `${path}/metadata`, { expects: 200 });
  await session.send("GET", "/api/v1/files?limit=2&total=true&type=text/*", { expects: 200 });
  await session.send("GET", "/api/v1/me", { expects: 200 });
  await session.send("GET", "/openapi.json", {
    headers: { "Accept-Encoding": "br" },
    expects: 200,
  });
  await session.send("GET", "/problems/busy", { headers: { Accept: "text/html" }, expects: 200 });
  await session.send("DELETE", path, { headers: { "If-Match": etag }, expects: 204 });
}
