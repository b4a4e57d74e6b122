import { once } from "node:events";
import { createServer } from "node:net";
import { UsageError } from "./options.js";

/**
 * @param {Pick<import("./options.js").Options, "host" | "port">} options
 * @throws {UsageError} when nothing can listen there.
 */
export async function ensurePortIsFree({ host, port }) {
  try {
    await listenOnce(host, port);
  } catch (error) {
    throw new UsageError(
      `${explain(error.code, host, port)} Choose another: npm start -- --port 8080.`,
    );
  }
}

/** @returns {Promise<number>} a port of the loopback address that nobody uses. */
export function findFreePort() {
  return listenOnce("127.0.0.1", 0);
}

/**
 * @param {string} host
 * @param {number} port
 */
async function listenOnce(host, port) {
  const server = createServer().listen({ host, port, exclusive: true });
  await once(server, "listening");
  const { port: found } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return found;
}

/**
 * @param {string | undefined} code - Of the system.
 * @param {string} host
 * @param {number} port
 */
function explain(code, host, port) {
  if (code === "EADDRINUSE") return `Port ${port} on ${host} is in use.`;
  if (code === "EACCES") return `Port ${port} needs more rights than you have.`;
  return `Cannot listen on ${host}, port ${port} (${code}).`;
}
