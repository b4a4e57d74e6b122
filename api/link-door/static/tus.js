/* global btoa, fetch, TextEncoder, XMLHttpRequest */
/** The requests of an upload (tus 1.0). */
const TUS = { "Tus-Resumable": "1.0.0", Accept: "application/json" };

/** The server refuses the file: sending it again as it is would help nothing. */
export class RefusedError extends Error {
  /** Whether it is the link that is not valid any more, or wants its password again. */
  isForAll;

  constructor(message, { isForAll = false } = {}) {
    super(message);
    this.isForAll = isForAll;
  }
}

/** The server wants to be asked later. */
export class BusyError extends Error {
  waitMs;

  constructor(message, seconds) {
    super(message);
    this.waitMs = 1000 * Math.min(60, Math.max(1, seconds || 5));
  }
}

/**
 * Begins an upload. It has no signal: of a request that is given up, nobody knows whether there is an upload now.
 *
 * @param path - The name, with the folders that it lies in, such as `photos/a.jpg`.
 * @returns The URL of a new upload.
 */
export async function begin(endpoint, { file, path }) {
  const metadata = {
    filename: file.name,
    modifiedAt: new Date(file.lastModified).toISOString(),
    ...(path.includes("/") && { relativePath: path }),
  };
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      ...TUS,
      "Upload-Length": String(file.size),
      "Upload-Metadata": Object.entries(metadata)
        .map(([key, value]) => `${key} ${base64(value)}`)
        .join(","),
    },
  });
  if (!response.ok) {
    const isForAll = response.status === 401 || response.status === 404;
    throw faultOf(await response.text(), {
      status: response.status,
      retryAfter: response.headers.get("Retry-After"),
      isForAll,
    });
  }
  return new URL(response.headers.get("Location"), response.url).pathname;
}

/** @returns How many bytes have arrived; `null` where there is no such upload any more. */
export async function findOffset(url, signal) {
  const response = await fetch(url, { method: "HEAD", headers: TUS, signal });
  if (response.status === 404 || response.status === 410) return null;
  if (!response.ok) throw new Error("The server does not answer.");
  return Number(response.headers.get("Upload-Offset"));
}

/** Removes what has arrived. */
export async function remove(url) {
  const { ok, status } = await fetch(url, { method: "DELETE", headers: TUS });
  if (!ok && status !== 404 && status !== 410) throw new Error("The server does not answer.");
}

/**
 * Sends what is left of a file. `fetch` does not tell how much is sent.
 *
 * @param progressed - Is told how many bytes of the file are on their way.
 * @returns How many have arrived.
 */
export function sendRest(url, { file, offset, signal, progressed }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", url);
    for (const [name, value] of Object.entries(TUS)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.setRequestHeader("Upload-Offset", String(offset));
    request.upload.addEventListener("progress", ({ loaded }) => progressed(offset + loaded));
    request.addEventListener("error", () => reject(new Error("The connection broke.")));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      if (status === 204) resolve(Number(request.getResponseHeader("Upload-Offset")));
      else {
        const retryAfter = request.getResponseHeader("Retry-After");
        reject(faultOf(responseText, { status, retryAfter, isGoneOnWith: true }));
      }
    });
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file.slice(offset));
  });
}

/** Of an upload that has begun, 409 and 423 say that the server has not noticed yet that an earlier connection broke. */
function faultOf(text, { status, retryAfter, isForAll, isGoneOnWith = false }) {
  const detail = detailIn(text);
  if (status === 429) return new BusyError(detail, Number(retryAfter));
  if (status >= 500 && status !== 507) return new Error(detail);
  if (isGoneOnWith && (status === 409 || status === 423)) return new Error(detail);
  return new RefusedError(detail, { isForAll });
}

function detailIn(text) {
  try {
    const { detail, errors = [] } = JSON.parse(text);
    return errors[0]?.detail ?? detail;
  } catch {
    return "The server does not take this file.";
  }
}

const base64 = (text) =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
