import { randomUUID } from "node:crypto";
import { type HttpAnswer, HttpConnection, type HttpRequest } from "./http-connection.js";
import type { Lane, StoredFile } from "./job.js";

/** The product closes what nobody has used for 65 s. */
const LONGEST_REST_MS = 30_000;

const PASSWORD = "a password for the bench";

/** A signed-in account of its own on a connection of its own, to the product's web process. */
export class ProductLane implements Lane {
  readonly #port: number;
  readonly #headers: { readonly Cookie: string };

  #connection: HttpConnection;
  #usedAt = performance.now();

  private constructor(port: number, connection: HttpConnection, cookie: string) {
    this.#port = port;
    this.#connection = connection;
    this.#headers = { Cookie: cookie };
  }

  static async open(port: number): Promise<ProductLane> {
    const connection = await HttpConnection.open(port);
    const answer = await connection.request({
      method: "POST",
      path: "/api/v1/register",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username: `bench-${randomUUID().slice(0, 18)}`, password: PASSWORD }),
    });
    return new ProductLane(port, connection, cookieOf(answer));
  }

  /** A connection that rested, as those of other rows do, may be closed by the product just now. */
  async #request(request: HttpRequest): Promise<HttpAnswer> {
    if (!this.#connection.isOpen || performance.now() - this.#usedAt > LONGEST_REST_MS) {
      this.#connection.close();
      this.#connection = await HttpConnection.open(this.#port);
    }
    this.#usedAt = performance.now();
    return this.#connection.request(request);
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
    await this.#get(id, sizeBytes, this.#headers);
  }

  async readRange({ id }: StoredFile, first: number, last: number): Promise<void> {
    const headers = { ...this.#headers, Range: `bytes=${first}-${last}` };
    await this.#get(id, last - first + 1, headers);
  }

  close(): void {
    this.#connection.close();
  }

  async #get(id: string, sizeBytes: number, headers: Record<string, string>): Promise<void> {
    const path = `/api/v1/files/${id}`;
    const { bodyBytes } = await this.#request({ method: "GET", path, headers });
    if (bodyBytes !== sizeBytes) throw new Error(`${path}: ${bodyBytes} bytes`);
  }
}

function cookieOf({ headers }: HttpAnswer): string {
  const cookies = (headers.get("set-cookie") ?? "").split("\n");
  return cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}
