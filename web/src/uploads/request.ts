import { whenSignedOut } from "../http/api.js";
import { offline, problemOf } from "../http/problem.js";

/** A request with bytes. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly signal: AbortSignal;
  /** Is told how many bytes of the body are on their way. */
  readonly progressed: (bytes: number) => void;
}

/**
 * Sends bytes and tells how many have left: `fetch` cannot do that.
 *
 * @returns The answer, which is a success.
 * @throws Problem, also where there is no answer; the signal's reason when it is aborted.
 */
export async function sendBytes(
  method: "PUT" | "PATCH",
  url: string,
  sending: Sending,
): Promise<Response> {
  const response = await exchange(method, url, sending);
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.code === "unauthenticated") for (const listener of whenSignedOut) listener();
  throw problem;
}

function exchange(
  method: string,
  url: string,
  { headers, body, signal, progressed }: Sending,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal.reason as Error);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded }) => {
      progressed(loaded);
    });
    request.addEventListener("error", () => {
      reject(offline());
    });
    request.addEventListener("load", () => {
      resolve(answerOf(request));
    });
    request.addEventListener("loadend", () => {
      signal.removeEventListener("abort", abort);
    });
    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort);
      request.send(body);
    }
  });
}

const WITHOUT_BODY = [204, 205, 304];

function answerOf(request: XMLHttpRequest): Response {
  const { status, statusText, responseText } = request;
  const lines = request.getAllResponseHeaders().trim().split("\r\n");
  const headers = lines.filter(Boolean).map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body = WITHOUT_BODY.includes(status) ? null : responseText;
  return new Response(body, { status, statusText, headers });
}
