import type { IncomingMessage } from "node:http";
import type { AppError } from "../../common/platform/errors.js";
import { hasUnknownExpectation } from "./body.js";
import {
  ExpectationFailedError,
  MalformedRequestError,
  UnsupportedTransferCodingError,
} from "./errors.js";
import { isAuthority } from "./origin.js";

/**
 * Fields of which a request has at most one (RFC 9110 §5.3). Of two, we and a proxy might believe different ones. All other fields that
 * are read here are lists.
 */
const SINGLE_FIELDS: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "host",
  "idempotency-key",
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "origin",
  "range",
  "sec-fetch-dest",
  "sec-fetch-site",
  "tus-resumable",
  "upload-checksum",
  "upload-concat",
  "upload-defer-length",
  "upload-length",
  "upload-offset",
  "x-http-method-override",
]);

/**
 * Checks a request line and its header, for every path: a proxy and this server must read them in the same way (RFC 9112 §3.2, §6.1).
 *
 * A whole address as target, which is what a proxy is sent, is replaced by its path, and its host counts instead of the `Host` field
 * (RFC 9112 §3.2.2). An empty `Host` field is accepted: a client without a host must send it, and it is nobody's own origin.
 *
 * @returns What is wrong; `undefined` for nothing.
 */
export function checkHead(req: IncomingMessage): AppError | undefined {
  const { headers, httpVersion } = req;
  if (httpVersion !== "1.0" && httpVersion !== "1.1") {
    return new MalformedRequestError("The request is not HTTP/1.1");
  }
  if (headers.host === undefined && httpVersion === "1.1") {
    return new MalformedRequestError("The request has no Host field");
  }
  const repeated = repeatedField(req.rawHeaders);
  if (repeated !== undefined) {
    return new MalformedRequestError(`The request has more than one ${repeated} field`);
  }
  const { host = "" } = headers;
  if (host !== "" && !isAuthority(host)) {
    return new MalformedRequestError("The Host field is not a host, or a host and a port");
  }
  if (hasUnknownExpectation(req)) return new ExpectationFailedError();
  return faultOfTransferEncoding(req) ?? takeTarget(req);
}

function repeatedField(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const key = name.toLowerCase();
    if (seen.has(key) && SINGLE_FIELDS.has(key)) return name;
    seen.add(key);
  }
  return undefined;
}

function faultOfTransferEncoding({ headers, httpVersion }: IncomingMessage): AppError | undefined {
  const codings = headers["transfer-encoding"]?.toLowerCase();
  if (codings === undefined) return undefined;
  if (httpVersion === "1.0") {
    return new MalformedRequestError("HTTP/1.0 has no Transfer-Encoding field");
  }
  if (!/(?:^|[ \t,])chunked$/.test(codings)) {
    return new MalformedRequestError("The Transfer-Encoding does not end in chunked");
  }
  // Node takes the chunks apart, and hands out what another coding has made of the content.
  return codings === "chunked" ? undefined : new UnsupportedTransferCodingError();
}

/** A path and a query. Of ASCII, browsers leave more as it is than RFC 3986 allows. */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]+)(.*)$/i;

function takeTarget(req: IncomingMessage): AppError | undefined {
  const { url = "", method, headers } = req;
  const isWholeServer = url === "*" && method === "OPTIONS";
  if (isWholeServer || ORIGIN_FORM.test(url)) return undefined;
  const [, host = "", rest = ""] = ABSOLUTE_FORM.exec(url) ?? [];
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  if (!isAuthority(host) || !ORIGIN_FORM.test(path)) {
    return new MalformedRequestError("The target is not a path, and not an address with a path");
  }
  req.url = path;
  headers.host = host;
  return undefined;
}
