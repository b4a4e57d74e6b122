import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { isLong } from "../support/long.js";
import { SeededRandom } from "../support/random.js";
import { mutate } from "./mutations.js";
import { recordSession } from "./recorded-session.js";

const REQUESTS = isLong ? 10_000 : 100;
/** Mutated requests delete and replace what the session stored: after so many it is played again. */
const REQUESTS_PER_SESSION = 100;
const CONNECTIONS = 8;
/** What the requests leave of resumable uploads is gone after this; a session takes a second or two. */
const EXPIRY_SECONDS = isLong ? 60 : 15;
/** How long a client waits for more before it closes its side. */
const PATIENCE_MS = 1000;
/** How long a connection may live after its client has closed its side. */
const LIMIT_MS = 30_000;

/** `STOWAGE_SEED` repeats a run. */
const seed = Number(process.env["STOWAGE_SEED"] ?? Date.now() % 2 ** 31);

let deployment: Deployment;

afterEach(() => deployment.close());

/** What a client may be told with 5xx: a coding that there is not, a room that there is not. */
const REFUSALS = /^HTTP\/1\.1 (?:501|507) /;

/** @returns What is wrong with how a request was dealt with; `undefined` for nothing. */
async function faultOf(port: number, request: Buffer): Promise<string | undefined> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (piece: string) => (text += piece));
  // A server that refuses a request may reset the connection.
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.setTimeout(PATIENCE_MS, () => socket.end());
  const closed = once(socket, "close");
  socket.write(request);
  const hanging = setTimeout(() => socket.destroy(new Error("hanging")), PATIENCE_MS + LIMIT_MS);
  await closed;
  clearTimeout(hanging);
  const isFailure = text.startsWith("HTTP/1.1 5") && !REFUSALS.test(text);
  if (isFailure) return `was answered ${text.slice(0, 600)}`;
  return socket.errored?.message === "hanging" ? "was neither answered nor closed" : undefined;
}

test(
  `${REQUESTS} mutated requests of a session (seed ${seed}) fail nothing, hang nothing and leave nothing`,
  async () => {
    deployment = await Deployment.start({
      settings: {
        RESUMABLE_UPLOAD_EXPIRY_SECONDS: String(EXPIRY_SECONDS),
        UPLOAD_IDLE_TIMEOUT_SECONDS: "5",
        // No store goes away here: one that is slow on a busy machine is no failure.
        DEPENDENCY_TIMEOUT_MS: "20000",
      },
    });
    const port = Number(new URL(deployment.url).port);
    const { pid } = deployment.process("web");
    const random = new SeededRandom(seed);
    const faults: string[] = [];

    for (let sent = 0; sent < REQUESTS; sent += REQUESTS_PER_SESSION) {
      const session = await recordSession(port);
      const requests = Array.from({ length: REQUESTS_PER_SESSION }, () =>
        mutate(random.pick(session), random),
      );
      const play = async () => {
        for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
          const fault = await faultOf(port, next);
          if (fault !== undefined)
            faults.push(`${JSON.stringify(next.toString("latin1").slice(0, 2000))} ${fault}`);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, play));
    }

    expect(faults).toEqual([]);
    expect(await deployment.leftovers(120_000)).toEqual(NOTHING_LEFT);
    expect(deployment.failures("web")).toEqual([]);
    expect(deployment.failures("worker")).toEqual([]);
    expect([deployment.process("web").pid, deployment.process("web").hasEnded]).toEqual([
      pid,
      false,
    ]);
    await recordSession(port);
  },
  REQUESTS * 500 + 300_000,
);
