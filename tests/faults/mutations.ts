import type { SeededRandom } from "../support/random.js";

type Mutation = (request: Buffer, random: SeededRandom) => Buffer;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X"];
const SCRAPS = [
  "%00",
  "%",
  "..",
  "//",
  "?",
  "#",
  "&a=1&a=2",
  "é",
  "\u0000",
  "a".repeat(9000),
  " ",
  "%2e%2e%2f",
  "@",
  ":",
];
const VALUES = [
  "",
  "0",
  "-1",
  "99999999999999999999",
  "*",
  '"',
  ",",
  "chunked",
  "gzip",
  "\t",
  "ÿ".repeat(40),
  "a".repeat(20_000),
];

/** What a faulty or hostile client, or what stands in between, may make of a request. */
const MUTATIONS: readonly Mutation[] = [
  flipBytes,
  flipBytes,
  cutEnd,
  insertScrap,
  onLine((line) => [line, line]),
  onLine(() => []),
  onLine((line, random) => [line.slice(0, random.below(line.length + 1))]),
  onLine((line, random) => [line.replace(/:.*/s, `: ${random.pick(VALUES)}`)]),
  onLine((line, random) => [line, line.replace(/:.*/s, `: ${random.pick(VALUES)}`)]),
  onLine((line) => [line.replace(":", " :")]),
  onTarget((target, random) => {
    const at = random.below(target.length + 1);
    return target.slice(0, at) + random.pick(SCRAPS) + target.slice(at);
  }),
  onTarget((target, random) => target.slice(0, random.below(target.length) + 1)),
  onStartLine((line, random) => line.replace(/^\S+/, random.pick(METHODS))),
  onStartLine((line, random) =>
    line.replace(/HTTP.*$/, random.pick(["HTTP/1.0", "HTTP/2.0", "HTTP/1.1 x", "", "http/1.1"])),
  ),
];

/** A request with one mutation or a few. */
export function mutate(request: Buffer, random: SeededRandom): Buffer {
  let mutated = request;
  for (let times = random.below(3); times >= 0; times -= 1) {
    mutated = random.pick(MUTATIONS)(mutated, random);
  }
  return mutated;
}

function flipBytes(request: Buffer, random: SeededRandom): Buffer {
  const flipped = Buffer.from(request);
  for (let times = random.below(4); times >= 0; times -= 1) {
    const at = random.below(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
  }
  return flipped;
}

function cutEnd(request: Buffer, random: SeededRandom): Buffer {
  return request.subarray(0, random.below(request.length));
}

function insertScrap(request: Buffer, random: SeededRandom): Buffer {
  const at = random.below(request.length);
  const scrap = Buffer.from(random.pick(SCRAPS));
  return Buffer.concat([request.subarray(0, at), scrap, request.subarray(at)]);
}

/** Changes the lines of the header, and leaves the body. */
function onHeader(change: (lines: string[], random: SeededRandom) => string[]): Mutation {
  return (request, random) => {
    const end = request.indexOf("\r\n\r\n");
    const [head, body] = [request.subarray(0, end), request.subarray(Math.max(end, 0))];
    const lines = head.toString("latin1").split("\r\n");
    return Buffer.concat([Buffer.from(change(lines, random).join("\r\n"), "latin1"), body]);
  };
}

function onLine(change: (line: string, random: SeededRandom) => string[]): Mutation {
  return onHeader(([start = "", ...lines], random) => {
    const chosen = random.below(lines.length);
    return [start, ...lines.flatMap((line, n) => (n === chosen ? change(line, random) : [line]))];
  });
}

function onStartLine(change: (line: string, random: SeededRandom) => string): Mutation {
  return onHeader(([start = "", ...lines], random) => [change(start, random), ...lines]);
}

function onTarget(change: (target: string, random: SeededRandom) => string): Mutation {
  return onStartLine((line, random) => {
    const [method = "", target = "", ...version] = line.split(" ");
    return [method, change(target, random), ...version].join(" ");
  });
}
