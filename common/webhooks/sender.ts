import * as dns from "node:dns";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import { performance } from "node:perf_hooks";
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from "request-filtering-agent";
import { isPublicAddress } from "./addresses.js";
import { namesPrivateAddress } from "./url.js";
import type { Attempt } from "./webhook.js";

/** How long an endpoint may take to answer, in milliseconds. */
const ANSWER_WITHIN_MS = 15_000;

/** So much of an answer is read, and so much of that is kept. */
const MOST_ANSWER_BYTES = 8192;
const MOST_ANSWER_CHARACTERS = 1000;

/** What is sent. */
export interface Message {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Deps {
  /** `WEBHOOK_ALLOW_PRIVATE` */
  readonly allowsPrivate: boolean;
  /** Default: 15 seconds. */
  readonly answerWithinMs?: number;
  readonly now: () => Date;
}

/** The connection would lead to an address that is not on the public internet. */
class AddressNotAllowedError extends Error {
  readonly code = "address-not-allowed";
}

/**
 * Sends a message once. It follows no redirect, and keeps no connection. Unless private addresses are allowed, each connection is checked with the address
 * that it is made to, so a name that leads to another address the second time gets nobody further.
 */
export class WebhookSender {
  readonly #deps: Deps;
  readonly #agents: Readonly<Record<"http:" | "https:", http.Agent>>;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { allowsPrivate } = deps;
    const options = {
      allowPrivateIPAddress: allowsPrivate,
      allowMetaIPAddress: allowsPrivate,
      keepAlive: false,
    };
    this.#agents = {
      "http:": new RequestFilteringHttpAgent(options),
      "https:": new RequestFilteringHttpsAgent(options),
    };
  }

  /**
   * Does not throw for what the endpoint does.
   *
   * @throws the reason of the signal when that is aborted: then it is not known whether the endpoint has got it.
   */
  async send(message: Message, signal: AbortSignal): Promise<Attempt> {
    const { now, answerWithinMs = ANSWER_WITHIN_MS } = this.#deps;
    const at = now();
    const start = performance.now();
    const limit = AbortSignal.timeout(answerWithinMs);
    const answered = await this.#exchange(message, AbortSignal.any([signal, limit])).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        return { status: null, answer: "", error: limit.aborted ? "timeout" : wordOf(error) };
      },
    );
    return { at, durationMs: Math.round(performance.now() - start), ...answered };
  }

  async #exchange({ url, headers, body }: Message, signal: AbortSignal) {
    const { allowsPrivate } = this.#deps;
    if (!allowsPrivate && namesPrivateAddress(url)) throw new AddressNotAllowedError();
    const isTls = url.protocol === "https:";
    const options: https.RequestOptions = {
      ...{ method: "POST", signal, agent: this.#agents[isTls ? "https:" : "http:"] },
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      ...(!allowsPrivate && { lookup: lookupPublic }),
    };
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (isTls ? https : http).request(url, options);
      request.on("response", resolve);
      request.on("error", reject);
      request.end(body);
    });
    const answer = await beginningOf(response);
    return { status: response.statusCode ?? null, answer, error: null };
  }
}

/** The first characters of an answer. What fails while they are read does not matter: the status is known. */
async function beginningOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_ANSWER_BYTES) break;
    }
  } catch {
    // The endpoint broke off, or took too long.
  } finally {
    response.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString();
  return Array.from(text).slice(0, MOST_ANSWER_CHARACTERS).join("");
}

/** The system's lookup, which fails when a name leads to any address that is not on the public internet. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    // Where the lookup has failed, there are no addresses, whatever the types say.
    const found = error === null ? addresses : [];
    const isRefused = !found.every(({ address }) => isPublicAddress(address));
    const fault = isRefused ? new AddressNotAllowedError() : error;
    const [first] = found;
    if (options.all === true || first === undefined) callback(fault, found);
    else callback(fault, first.address, first.family);
  });
};

/** A word for an error, such as `ECONNREFUSED`. Messages may name addresses of the network that the server is in. */
function wordOf(error: unknown): string {
  const code =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "failed";
}
