import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { duplexPair } from "node:stream";
import { Valkey } from "./valkey.js";

/** Sessions and jobs must be readable by this machine only. */
const HOST = "127.0.0.1";

export interface RedisServerOptions {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** What every client must say before anything else (`AUTH`). */
  readonly password: string;
  /** From this many bytes on, writes are refused (`OOM`); nothing is ever evicted. */
  readonly maxMemoryBytes: number;
  /** Called once when the server crashed; it has stopped and its data are gone. */
  readonly onCrash: (reason: unknown) => void;
}

export interface RedisServer {
  /** `redis://:password@127.0.0.1:port` */
  readonly url: string;
  /** Closes the port and cuts all connections. */
  stop(): Promise<void>;
}

/**
 * Starts a Redis-compatible server (Valkey in WebAssembly) on the loopback address. It keeps nothing on disk.
 *
 * @throws the `listen` error (`EADDRINUSE`, `EACCES`) when the port cannot be had.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const valkey = await Valkey.boot((reason) => {
    listener.close();
    options.onCrash(reason);
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    valkey.connect(socket);
  });
  await configure(valkey, {
    requirepass: options.password,
    maxmemory: String(options.maxMemoryBytes),
    "maxmemory-policy": "noeviction",
    save: "",
  });
  try {
    listener.listen({ port: options.port, host: HOST });
    await once(listener, "listening");
  } catch (error) {
    valkey.stop();
    throw error;
  }
  const { port } = listener.address() as AddressInfo;
  return {
    url: `redis://:${encodeURIComponent(options.password)}@${HOST}:${port}`,
    stop: () => stop(listener, valkey),
  };
}

async function stop(listener: Server, valkey: Valkey): Promise<void> {
  const closed = once(listener, "close");
  listener.close();
  valkey.stop();
  await closed;
}

/** Sets everything in one command over a connection inside this process, before the first client can arrive. */
async function configure(valkey: Valkey, settings: Record<string, string>): Promise<void> {
  const words = ["CONFIG", "SET", ...Object.entries(settings).flat()];
  const [ours, valkeys] = duplexPair();
  valkey.connect(valkeys);
  ours.write(encodeCommand(words));
  const [reply] = (await once(ours, "data")) as [Buffer];
  ours.end();
  if (!reply.equals(Buffer.from("+OK\r\n"))) {
    throw new Error(`Valkey refused its configuration: ${reply.toString().trim()}`);
  }
}

/** A command as an array of bulk strings (RESP 2). */
function encodeCommand(words: string[]): string {
  const bulkStrings = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulkStrings.join("")}`;
}
