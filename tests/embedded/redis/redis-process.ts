import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../embedded/redis/main.js", import.meta.url));

export interface RedisProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** Sends SIGTERM and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the embedded Redis as `npm start` does: its own process, ready when it says so. */
export async function startRedis(
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<RedisProcess> {
  const child = spawnRedis(args, env);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const { port, password } = new URL(url);
  return { child, url, port: Number(port), password, stop: () => stop(child) };
}

/** The bare process, for a start that is expected to fail. */
export function spawnRedis(args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function stop(child: ChildProcess): Promise<number | null> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await exited) as [number | null];
  return code;
}
