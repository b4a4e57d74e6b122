import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import type { EventJson } from "./events.js";

/** What was sent to a webhook. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver answers. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The body of an event that was sent. */
export interface SentBody {
  readonly type: string;
  readonly timestamp: string;
  readonly data: EventJson & { readonly ownerId: string | null };
}

/** A server that webhooks send to. It keeps all requests, and answers 204 unless it is told otherwise. */
export class WebhookReceiver {
  readonly requests: Received[] = [];
  /** Called for each request, after its body. */
  answer: (request: Received) => ReceiverAnswer = () => ({ status: 204 });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  /** Where it listens. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/hook`;
  }

  /** What was sent, verified by the published library. @throws Where a signature or a time is wrong. */
  verified(secret: string): SentBody[] {
    const webhook = new Webhook(secret);
    return this.requests.map(({ body, headers }) => webhook.verify(body, headers) as SentBody);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await read(request);
    this.requests.push(received);
    const { status, headers = {}, body = "" } = this.answer(received);
    response.writeHead(status, headers).end(body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { url: path = "", headers } = request;
  return {
    path,
    headers: headers as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
  };
}
