import { randomUUID } from "node:crypto";
import { type HttpAnswer, HttpConnection, type HttpRequest } from "./http-connection.js";
import { type Client, type StoredFile, unsupported } from "./workload.js";

/** Stowage closes connections that are idle for 65 s. */
const MAX_IDLE_MS = 30_000;

const PASSWORD = "a password for the bench";

/** An account of its own, signed in on a connection of its own, at Stowage's web process. */
export class StowageClient implements Client {
  readonly #port: number;
  readonly #headers: { readonly Cookie: string };

  #connection: HttpConnection;
  #usedAt = performance.now();

  private constructor(port: number, connection: HttpConnection, cookie: string) {
    this.#port = port;
    this.#connection = connection;
    this.#headers = { Cookie: cookie };
  }

  static async open(port: number): Promise<StowageClient> {
    const connection = await HttpConnection.open(port);
    const answer = await connection.request({
      method: "POST",
      path: "/api/v1/register",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username: `bench-${randomUUID().slice(0, 18)}`, password: PASSWORD }),
    });
    return new StowageClient(port, connection, cookieOf(answer));
  }

  async upload(sizeBytes: number): Promise<StoredFile> {
    const { text } = await this.#request({
      method: "PUT",
      path: `/api/v1/files?name=${randomUUID()}`,
      headers: this.#headers,
      body: sizeBytes,
    });
    return { id: (JSON.parse(text) as { id: string }).id, sizeBytes };
  }

  async uploadTus(sizeBytes: number): Promise<StoredFile> {
    const filename = Buffer.from(randomUUID()).toString("base64");
    const headers = { ...this.#headers, "Tus-Resumable": "1.0.0" };
    const created = await this.#request({
      method: "POST",
      path: "/api/v1/uploads",
      headers: {
        ...headers,
        "Upload-Length": sizeBytes,
        "Upload-Metadata": `filename ${filename}`,
      },
    });
    const path = new URL(created.headers.get("location") ?? "", "http://host/api/v1/uploads")
      .pathname;
    await this.#request({
      method: "PATCH",
      path,
      headers: {
        ...headers,
        "Upload-Offset": 0,
        "Content-Type": "application/offset+octet-stream",
      },
      body: sizeBytes,
    });
    return { id: path, sizeBytes };
  }

  async download({ id, sizeBytes }: StoredFile): Promise<void> {
    await this.#get(`/api/v1/files/${id}`, sizeBytes, this.#headers);
  }

  async readRange({ id }: StoredFile, first: number, last: number): Promise<void> {
    const headers = { ...this.#headers, Range: `bytes=${first}-${last}` };
    await this.#get(`/api/v1/files/${id}`, last - first + 1, headers);
  }

  async getAccount(): Promise<void> {
    await this.#request({ method: "GET", path: "/api/v1/me", headers: this.#headers });
  }

  close(): void {
    this.#connection.close();
  }

  async #get(path: string, sizeBytes: number, headers: Record<string, string>): Promise<void> {
    const { bodyBytes } = await this.#request({ method: "GET", path, headers });
    if (bodyBytes !== sizeBytes) throw new Error(`${path}: ${bodyBytes} bytes`);
  }

  /** Opens a new connection where the server may be about to close the present one. */
  async #request(request: HttpRequest): Promise<HttpAnswer> {
    if (!this.#connection.isOpen || performance.now() - this.#usedAt > MAX_IDLE_MS) {
      this.#connection.close();
      this.#connection = await HttpConnection.open(this.#port);
    }
    this.#usedAt = performance.now();
    return this.#connection.request(request);
  }
}

/** A connection to the server of `gridfs-server.ts`. */
export class GridFsClient implements Client {
  readonly #connection: HttpConnection;

  private constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<GridFsClient> {
    return new GridFsClient(await HttpConnection.open(port));
  }

  async upload(sizeBytes: number): Promise<StoredFile> {
    const { text } = await this.#connection.request({ method: "PUT", path: "/", body: sizeBytes });
    return { id: text, sizeBytes };
  }

  async download({ id, sizeBytes }: StoredFile): Promise<void> {
    await this.#get(`/${id}?length=${sizeBytes}`, sizeBytes);
  }

  async readRange({ id }: StoredFile, first: number, last: number): Promise<void> {
    await this.#get(`/${id}?first=${first}&last=${last}`, last - first + 1);
  }

  uploadTus(): Promise<StoredFile> {
    return unsupported();
  }

  getAccount(): Promise<void> {
    return unsupported();
  }

  close(): void {
    this.#connection.close();
  }

  async #get(path: string, sizeBytes: number): Promise<void> {
    const { bodyBytes } = await this.#connection.request({ method: "GET", path });
    if (bodyBytes !== sizeBytes) throw new Error(`${path}: ${bodyBytes} bytes`);
  }
}

export function cookieOf({ headers }: HttpAnswer): string {
  const cookies = (headers.get("set-cookie") ?? "").split("\n");
  return cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}
