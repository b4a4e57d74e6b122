import { HttpConnection } from "./http-connection.js";
import type { Lane, StoredFile } from "./job.js";

/** A connection to the server of `gridfs-server.ts`. */
export class GridFsLane implements Lane {
  readonly #connection: HttpConnection;

  private constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<GridFsLane> {
    return new GridFsLane(await HttpConnection.open(port));
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

  close(): void {
    this.#connection.close();
  }

  async #get(path: string, sizeBytes: number): Promise<void> {
    const { bodyBytes } = await this.#connection.request({ method: "GET", path });
    if (bodyBytes !== sizeBytes) throw new Error(`${path}: ${bodyBytes} bytes`);
  }
}
