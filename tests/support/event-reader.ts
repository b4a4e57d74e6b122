import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { EventJson } from "./events.js";
import { eventually } from "./eventually.js";

/** An event, as the stream has it. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: EventJson;
}

/** Where and as whom to read. */
interface Source {
  readonly url: string;
  /** After `/api/v1/events`. Default: nothing. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client of `GET /events` that keeps all that it gets. */
export class EventReader {
  readonly #request: ClientRequest;
  readonly answer: IncomingMessage;
  #text = "";
  #isOver = false;

  private constructor(sent: ClientRequest, answer: IncomingMessage) {
    this.#request = sent;
    this.answer = answer;
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => (this.#text += text));
    answer.on("close", () => (this.#isOver = true));
    answer.on("error", () => undefined);
  }

  /** Resolves when the answer begins, whatever it is. */
  static async open({ url, query = "", headers }: Source): Promise<EventReader> {
    const sent = request(`${url}/api/v1/events${query}`, { headers, agent: false });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    sent.on("error", () => undefined);
    return new EventReader(sent, answer);
  }

  get status(): number {
    return this.answer.statusCode ?? 0;
  }

  /** All that has come. */
  get text(): string {
    return this.#text;
  }

  get events(): SentEvent[] {
    return this.#blocks
      .filter(({ data }) => data !== undefined)
      .map(({ id = "", event = "", data = "" }) => ({
        ...{ id, event },
        data: JSON.parse(data) as EventJson,
      }));
  }

  /** What an `EventSource` sends when it connects again. */
  get lastId(): string {
    return this.#blocks.findLast(({ id }) => id !== undefined)?.id ?? "";
  }

  /** Waits for events until there are so many. */
  async until(count: number): Promise<SentEvent[]> {
    return eventually(
      () => this.events,
      (events) => events.length >= count,
    );
  }

  /** Waits until the server has ended the stream. */
  async untilOver(): Promise<void> {
    await eventually(
      () => this.#isOver,
      (isOver) => isOver,
    );
  }

  /** Whether the stream has ended as it should, instead of with a broken connection. */
  get isComplete(): boolean {
    return this.answer.complete;
  }

  close(): void {
    this.#request.destroy();
  }

  get #blocks(): { id?: string; event?: string; data?: string }[] {
    const whole = this.#text.slice(0, this.#text.lastIndexOf("\n\n") + 1).split("\n\n");
    return whole.map((block) =>
      Object.fromEntries(
        block
          .split("\n")
          .filter((line) => !line.startsWith(":"))
          .map((line) => /^(\w+): (.*)$/.exec(line)?.slice(1) as [string, string] | undefined)
          .filter((pair) => pair !== undefined),
      ),
    );
  }
}
