import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { WatchedProcess } from "./watched-process.js";

type Environment = Readonly<Record<string, string>>;

/** What every process needs of this one's environment; nothing of the product's settings is among it. */
const inherited = (): Environment => ({
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
});

/** The path of a program of ours, as it was compiled. */
export const built = (path: string) =>
  fileURLToPath(new URL(`../../${path}/main.js`, import.meta.url));

/** Starts a part of the product with exactly these settings. */
export function startPart(part: "api" | "worker", settings: Environment): WatchedProcess {
  return new WatchedProcess(process.execPath, ["--enable-source-maps", built(part)], {
    env: { ...inherited(), ...settings },
  });
}

/** An embedded MongoDB-compatible store that serves a folder. `before` are words in front of its command. */
export async function startMongo({
  folder,
  options = [],
  before = [],
}: {
  folder: string;
  options?: readonly string[];
  before?: readonly string[];
}): Promise<{ url: string; server: WatchedProcess }> {
  const program = [
    process.execPath,
    built("packages/embedded-mongo/src"),
    "--data",
    folder,
    ...options,
  ];
  const [command = "", ...args] = [...before, ...program];
  const server = new WatchedProcess(command, args, { env: inherited() });
  await server.untilPrinted('"ready":true');
  const line = server.output.split("\n").find((text) => text.includes('"ready":true')) ?? "";
  return { server, url: (JSON.parse(line) as { url: string }).url };
}

/** A real Redis that keeps nothing on disk. */
export async function startRedisServer(
  port: number,
  options: readonly string[] = [],
): Promise<WatchedProcess> {
  const keepNothing = ["--save", "", "--appendonly", "no"];
  const listen = ["--port", String(port), "--bind", "127.0.0.1"];
  const server = new WatchedProcess("redis-server", [...listen, ...keepNothing, ...options], {
    cwd: "/",
  });
  await server.untilPrinted("Ready to accept connections");
  return server;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
