import { cookieOf } from "./clients.js";
import { type HttpAnswer, HttpConnection } from "./http-connection.js";

const PASSWORD = "a password of the bench";

interface Asked {
  /** Sent as JSON, or so many bytes of the bench's content. */
  readonly body?: object | number;
}

/** An account that is signed in, on a connection of its own. */
export class SignedIn {
  readonly #connection: HttpConnection;
  readonly #cookie: string;

  private constructor(connection: HttpConnection, cookie: string) {
    this.#connection = connection;
    this.#cookie = cookie;
  }

  /** @param path - Whether the account is a new one. */
  static async open(url: string, path: "register" | "login", username: string): Promise<SignedIn> {
    const connection = await HttpConnection.open(Number(new URL(url).port));
    const answer = await connection.request({
      method: "POST",
      path: `/api/v1/${path}`,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
    return new SignedIn(connection, cookieOf(answer));
  }

  /** @throws When the status is not 2xx. */
  ask(method: string, path: string, { body }: Asked = {}): Promise<HttpAnswer> {
    const isJson = typeof body === "object";
    return this.#connection.request({
      ...{ method, path: `/api/v1${path}` },
      headers: { Cookie: this.#cookie, ...(isJson && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    });
  }

  close(): void {
    this.#connection.close();
  }
}
