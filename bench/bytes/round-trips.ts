import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stores } from "./contenders.js";

/**
 * How much later the web process gets each answer: long beside what it computes between two commands. So a command that is sent
 * before another's answer did not need it.
 */
const DELAY_MS = 15;

/** Commands of the clients' own upkeep: connections, sessions and monitoring. */
const UPKEEP =
  /^(?:hello|ping|endSessions|isMaster|AUTH|HELLO|CLIENT|INFO|PING|SELECT|SUBSCRIBE)\b/;

interface Command {
  readonly name: string;
  readonly store: "MongoDB" | "Redis";
  /** 1 for what waits for no other answer of the request. */
  readonly step: number;
  isAnswered: boolean;
}

/** What one request sends to the stores. */
export interface RoundTrips {
  readonly redis: number;
  readonly mongodb: number;
  /** How many answers the request waited for, one after the other. */
  readonly steps: number;
  /** The commands, for example `MGET → find accounts → find a + find b, then EVALSHA`: what follows "then" delays no answer. */
  readonly text: string;
}

/** Counts what a web process sends to its stores, by standing between them. */
export class RoundTripCounter {
  readonly #proxies: Server[] = [];
  #commands: Command[] = [];
  #stepsDone = 0;

  /** @returns The URLs for the web process. */
  async listen({ mongodbUrl, redisUrl }: Stores): Promise<Stores> {
    const mongodb = await this.#proxy(mongodbUrl, "MongoDB");
    const redis = await this.#proxy(redisUrl, "Redis");
    return {
      mongodbUrl: `mongodb://127.0.0.1:${mongodb}/?directConnection=true`,
      redisUrl: Object.assign(new URL(redisUrl), { port: String(redis) }).href,
    };
  }

  /** Counts what is sent until the request is answered, and what that answer did not wait for. */
  async count(request: () => Promise<unknown>): Promise<RoundTrips> {
    // What earlier requests left for later is over then.
    await sleep(10 * DELAY_MS);
    this.#commands = [];
    this.#stepsDone = 0;
    await request();
    const awaited = this.#commands.filter(({ isAnswered }) => isAnswered);
    await sleep(10 * DELAY_MS);
    const rest = this.#commands.filter((command) => !awaited.includes(command));
    const countOf = (store: Command["store"]) =>
      this.#commands.filter((command) => command.store === store).length;
    return {
      redis: countOf("Redis"),
      mongodb: countOf("MongoDB"),
      steps: Math.max(0, ...awaited.map(({ step }) => step)),
      text: [stepsOf(awaited, " → "), stepsOf(rest, ", ")].filter(Boolean).join(", then "),
    };
  }

  /** Call it when nothing is connected any more. */
  close(): void {
    for (const proxy of this.#proxies) proxy.close();
  }

  async #proxy(target: string, store: Command["store"]): Promise<number> {
    const commandsIn = store === "Redis" ? redisCommands : mongodbCommands;
    const server = createServer({ noDelay: true }, (web) => {
      const upstream = connect(addressOf(target)).setNoDelay();
      const pending: Command[] = [];
      const read = commandsIn((name) => {
        if (!UPKEEP.test(name)) pending.push(this.#sent(store, name));
      });
      web.on("data", (bytes) => {
        read(bytes);
        upstream.write(bytes);
      });
      // Neither driver pipelines what depends on an answer, so the next bytes answer all that was sent before.
      upstream.on("data", (bytes) => {
        const answered = pending.splice(0);
        setTimeout(() => {
          for (const command of answered) this.#answered(command);
          web.write(bytes);
        }, DELAY_MS);
      });
      endTogether(web, upstream);
    });
    this.#proxies.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("No port");
    return address.port;
  }

  #sent(store: Command["store"], name: string): Command {
    const command = { store, name, step: this.#stepsDone + 1, isAnswered: false };
    this.#commands.push(command);
    return command;
  }

  #answered(command: Command): void {
    command.isAnswered = true;
    this.#stepsDone = Math.max(this.#stepsDone, command.step);
  }
}

/** Commands of one step stand together. */
function stepsOf(commands: readonly Command[], separator: string): string {
  const steps: string[][] = [];
  for (const { name, step } of commands) (steps[step] ??= []).push(name);
  return steps
    .filter(Boolean)
    .map((names) => names.join(" + "))
    .join(separator);
}

/** Calls back with `find accounts` for each OP_MSG of that command. */
function mongodbCommands(found: (name: string) => void): (bytes: Buffer) => void {
  let buffer = Buffer.alloc(0);
  return (bytes) => {
    buffer = Buffer.concat([buffer, bytes]);
    while (buffer.length >= 4 && buffer.length >= buffer.readInt32LE(0)) {
      const length = buffer.readInt32LE(0);
      found(commandOf(buffer.subarray(0, length)));
      buffer = buffer.subarray(length);
    }
  };
}

/** The first element of the section of kind 0: the command's name, and the collection where it has one. */
function commandOf(message: Buffer): string {
  const OP_MSG = 2013;
  if (message.readInt32LE(12) !== OP_MSG) return "hello";
  let at = 20;
  while (message[at] === 1) at += 1 + message.readInt32LE(at + 1);
  const STRING = 2;
  const type = message[at + 5];
  const nameEnd = message.indexOf(0, at + 6);
  const name = message.toString("latin1", at + 6, nameEnd);
  if (type !== STRING) return name;
  const length = message.readInt32LE(nameEnd + 1);
  return `${name} ${message.toString("utf8", nameEnd + 5, nameEnd + 4 + length)}`;
}

/** Calls back with `GET` for each RESP array that begins with that word. */
function redisCommands(found: (name: string) => void): (bytes: Buffer) => void {
  let text = "";
  return (bytes) => {
    text += bytes.toString("latin1");
    for (;;) {
      const end = endOfCommand(text);
      if (end === undefined) return;
      found((text.split("\r\n", 3)[2] ?? "").toUpperCase());
      text = text.slice(end);
    }
  };
}

/** `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n` */
function endOfCommand(text: string): number | undefined {
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) return undefined;
  let at = lineEnd + 2;
  for (let n = Number(text.slice(1, lineEnd)); n > 0; n -= 1) {
    const end = text.indexOf("\r\n", at);
    if (end < 0) return undefined;
    at = end + 2 + Number(text.slice(at + 1, end)) + 2;
  }
  return at <= text.length ? at : undefined;
}

function addressOf(url: string) {
  const [, host = ""] = /^[^:]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url) ?? [];
  if (host.endsWith(".sock")) return { path: decodeURIComponent(host) };
  const [hostname = "", port] = host.split(":");
  return { host: hostname, port: Number(port) };
}

function endTogether(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}
