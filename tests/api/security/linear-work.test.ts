import { beforeAll, describe, expect, test } from "@jest/globals";
import { RawClient } from "../../support/raw-client.js";
import { useWorld } from "../../support/use-world.js";
import { BOUNDARY, CLOSING, FORM_TYPE } from "../uploads/raw-form.js";

const world = useWorld({ metricsToken: "x".repeat(32), trustProxyHops: 1 });

/** In characters: with the other fields it is not too long for a header. */
const LONG = 15_000;
/** Of processor time, in milliseconds. What takes quadratic time for a long text takes far longer. */
const SOON = 15;
type Measure = () => Promise<number>;

/** Repeated, these make what splits, scans and backtracks go over the same text again. */
const REPEATED = [
  ...[" ", "\t", ",", ";", "=", '"', "\\", "/", ".", "-", "*", ":", "(", "a", "0", "%41", "+"],
  ...[", ", " ,", ",\t ", "; ", ";a", ";a=", '; a="', "a ", "a,", "a,a", "a=1&", "&", "a;q=1,"],
  ...[
    '"",',
    '"a", ',
    'W/"a",',
    "a=1, ",
    "a=b;",
    "(a ",
    "bytes=",
    "0-0,",
    "-1,",
    "0-,",
    "=:",
    '\\"',
  ],
  ...["uploads/", "http://a/uploads/a ", "x-a,", "::", "[", "text/html,", "%"],
];
/** What makes that it was gone over in vain. */
const END = "!";

/** A request that has a text of a client somewhere. */
type Request = (text: string) => string;

interface Known {
  readonly cookie: string;
  readonly file: string;
}

const request = (line: string, fields: readonly string[], content = "") =>
  [
    `${line} HTTP/1.1`,
    ...["Host: a", "Connection: close", `Content-Length: ${Buffer.byteLength(content)}`],
    ...fields,
    "",
    content,
  ].join("\r\n");

const NOWHERE = "folderId=AAAAAAAAAAAAAAAAAAAAAA";

/** All that reads a header: `beginning` leads to where the text is read. */
const FIELDS: readonly [string, string, string?][] = [
  ["Accept", "GET /"],
  ["Accept", "GET /", "text/html;a="],
  ["Authorization", "GET /metrics", "Bearer "],
  ["Cache-Control", "GET /openapi.json", 'a\r\nIf-None-Match: "b"\r\nX: '],
  ["Connection", "GET /healthz"],
  ["Content-Digest", "PATCH /api/v1/uploads/AAAAAAAAAAAAAAAAAAAAAA"],
  ["Content-Encoding", "POST /api/v1/login"],
  ["Content-Type", "POST /api/v1/login"],
  ["Content-Type", "POST /api/v1/login", "application/json"],
  ["Content-Type", `PUT /api/v1/files?name=a&${NOWHERE}`],
  ["Content-Type", "POST /api/v1/upload", "multipart/form-data"],
  ["Cookie", "GET /api/v1/me", "stowage_session="],
  ["Expect", "GET /healthz"],
  ["Host", "GET /healthz", "b\r\nX: "],
  ["Idempotency-Key", `PUT /api/v1/files?name=a`],
  ["Idempotency-Key", `PUT /api/v1/files?name=a`, '"'],
  ["If-Match", "GET FILE"],
  ["If-Match", `PUT /api/v1/files?name=a&${NOWHERE}`],
  ["If-Modified-Since", "GET FILE"],
  ["If-None-Match", "GET FILE"],
  ["If-None-Match", "GET /openapi.json"],
  ["If-Range", "GET FILE", "a\r\nRange: bytes=0-0\r\nX: "],
  ["If-Unmodified-Since", "GET FILE"],
  ["Origin", "POST /api/v1/logout"],
  ["Range", "GET FILE"],
  ["Range", "GET FILE", "bytes="],
  ["Repr-Digest", `PUT /api/v1/files?name=a&${NOWHERE}`],
  ["Repr-Digest", `PUT /api/v1/files?name=a&${NOWHERE}`, "a=("],
  ["Sec-Fetch-Site", "POST /api/v1/logout"],
  ["Tus-Resumable", "POST /api/v1/uploads"],
  ["Upload-Checksum", "POST /api/v1/uploads", "sha1 "],
  ["Upload-Concat", "POST /api/v1/uploads", "final;"],
  ["Upload-Length", "POST /api/v1/uploads"],
  ["Upload-Metadata", "POST /api/v1/uploads"],
  ["Upload-Metadata", "POST /api/v1/uploads", "filename "],
  ["Want-Repr-Digest", "GET FILE"],
  ["Want-Repr-Digest", "GET FILE", "x"],
  ["Want-Content-Digest", "GET FILE", "x=("],
  ["X-Forwarded-For", "GET /healthz"],
  ["X-Forwarded-Host", "GET /healthz"],
  ["X-Forwarded-Proto", "GET /healthz"],
  ["X-HTTP-Method-Override", "POST /api/v1/uploads/AAAAAAAAAAAAAAAAAAAAAA"],
];

const form = (header: string) =>
  request(
    `POST /api/v1/upload?${NOWHERE}`,
    [`Content-Type: ${FORM_TYPE}`],
    `--${BOUNDARY}\r\n${header}\r\n\r\nx\r\n${CLOSING}`,
  );
const json = (line: string, content: string) =>
  request(line, ["Content-Type: application/json"], content);

const PLACES: readonly [string, Request][] = [
  ["the path", (text) => request(`GET /${encoded(text)}`, [])],
  ["the path of a file", (text) => request(`GET /api/v1/files/${encoded(text)}`, [])],
  ["the path of an asset", (text) => request(`GET /assets/${encoded(text)}`, [])],
  ["a whole address", (text) => request(`GET http://${encoded(text)}`, [])],
  ["a query", (text) => request(`GET /api/v1/files?${encoded(text)}`, [])],
  ["the name in a query", (text) => request(`GET /api/v1/files?name=${encoded(text)}`, [])],
  ["the type in a query", (text) => request(`GET /api/v1/files?type=a/${encoded(text)}`, [])],
  ["a cursor", (text) => request(`GET /api/v1/files?cursor=${encoded(text)}`, [])],
  ["a disposition", (text) => form(`Content-Disposition: form-data${text}`)],
  ["the name of a part", (text) => form(`Content-Disposition: form-data; name="${text}"`)],
  [
    "a file name",
    (text) => form(`Content-Disposition: form-data; name=a; filename="${escaped(text)}"`),
  ],
  [
    "a file name in UTF-8",
    (text) => form(`Content-Disposition: form-data; filename*=utf-8''${text}`),
  ],
  [
    "the type of a part",
    (text) => form(`Content-Disposition: form-data; name=a\r\nContent-Type: ${text}`),
  ],
  ["JSON", (text) => json("POST /api/v1/login", `{"a":${text}}`)],
  ["a key of JSON", (text) => json("POST /api/v1/login", `{${JSON.stringify(text)}:1}`)],
  [
    "a password",
    (text) => json("POST /api/v1/login", JSON.stringify({ username: "abc", password: text })),
  ],
  [
    "a username",
    (text) => json("POST /api/v1/login", JSON.stringify({ username: text, password: "12345678" })),
  ],
  [
    "the name of a folder",
    (text) => json("POST /api/v1/folders", JSON.stringify({ name: `${text}/` })),
  ],
];

const encoded = (text: string) => text.replace(/[\s"\\]/g, "_");
const escaped = (text: string) => text.replace(/["\\]/g, "\\$&");

describe("The processor time of a request grows no faster than", () => {
  let known: Known;
  beforeAll(async () => {
    const client = await world().member();
    const { links } = await client.store("a", "x");
    known = { cookie: client.cookie, file: links.content };
  });

  test.each(FIELDS)("its %s (%s %s)", async (name, line, beginning = "") => {
    const session = name === "Cookie" ? [] : [`Cookie: ${known.cookie}`];
    const tus = name === "Tus-Resumable" ? [] : ["Tus-Resumable: 1.0.0"];
    const target = line.replace("FILE", known.file);

    await expectLinear(LONG, (text) =>
      request(target, [...session, ...tus, `${name}: ${beginning}${text}`]).replace(
        /Content-Length: 0\r\n(?=[^]*Content-Length: )/,
        "",
      ),
    );
  });

  test.each(PLACES)("%s", async (_, place) => {
    await expectLinear(LONG, (text) =>
      place(text).replace("\r\n", `\r\nCookie: ${known.cookie}\r\n`),
    );
  });

  test.each([
    ["a password", "POST /api/v1/login", (text: string) => ({ username: "abc", password: text })],
    ["a name", "POST /api/v1/folders", (text: string) => ({ name: text })],
  ])("the combining marks of %s", async (_, line, bodyOf) => {
    // Each mark of the second half belongs before all those of the first.
    const marks = (text: string) =>
      "\u0301".repeat(text.length / 2) + "\u0316".repeat(text.length / 2);
    const place: Request = (text) =>
      json(line, JSON.stringify(bodyOf(marks(text)))).replace(
        "\r\n",
        `\r\nCookie: ${known.cookie}\r\n`,
      );

    await expectLinear(30_000, place, { repeated: ["a"], end: "" });
  });

  test("the number of JSON's keys", async () => {
    const keys = (text: string) => Array.from(text, (_, n) => `"k${n}":1`).join(",");

    await expectLinear(6000, (text) => json("POST /api/v1/login", `{${keys(text)}}`), {
      repeated: ["a"],
      end: "",
    });
  });
});

/**
 * Sends a request with each kind of long text. One that is not answered soon is compared with one of a quarter of its length, and only what
 * loses every comparison fails: a busy machine and a garbage collection make single ones slow.
 */
async function expectLinear(
  length: number,
  place: Request,
  { repeated = REPEATED, end = END } = {},
): Promise<void> {
  for (const piece of repeated) {
    const textOf = (size: number) => piece.repeat(Math.floor(size / piece.length)) + end;
    const measure = (size: number) => () => processorTime(place(textOf(size)));
    const isLinear = await isLinearOnce(measure(length), measure(length / 4));
    expect({ piece, isLinear }).toMatchObject({ isLinear: true });
  }
}

/** Whether a long request took less than nine times the processor time of a short one, or was answered soon, in one of the comparisons. */
async function isLinearOnce(long: Measure, short: Measure): Promise<boolean> {
  if ((await long()) < SOON) return true;
  for (let n = 0; n < 8; n += 1) {
    const longest = await shortestOf(5, long);
    // Four times for linear work, and sixteen times for quadratic work.
    if (longest < SOON || longest < 9 * (await shortestOf(5, short))) return true;
  }
  return false;
}

async function shortestOf(tries: number, measure: Measure): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries; n += 1) shortest = Math.min(shortest, await measure());
  return shortest;
}

/** What a request costs this process, in milliseconds: server and client run in it. */
async function processorTime(message: string): Promise<number> {
  const client = await RawClient.open(world().port);
  const before = process.cpuUsage();
  const { status = 0 } = await client.send(Buffer.from(message)).closed();
  const { user, system } = process.cpuUsage(before);
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  return (user + system) / 1000;
}
