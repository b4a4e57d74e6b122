import { afterEach, expect, test } from "@jest/globals";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { isLong } from "../support/long.js";
import { memoryBytes, openFileCount } from "../support/process-figures.js";
import { RawClient } from "../support/raw-client.js";
import { StreamingClient } from "../support/streaming-client.js";

const CONNECTIONS = isLong ? 500 : 100;
const READERS = isLong ? 200 : 64;
const MIB = 1024 ** 2;
/** More than the buffers of both kernels take. */
const LARGE_BYTES = 16 * MIB;
/**
 * Of a reader: three chunks, and those that the kernels have taken and V8 has not collected yet, which it does later on a busy
 * machine. Without a limit it would be all that is left of the file: more than 10 MiB.
 */
const PEAK_BYTES = 3.5 * MIB;
const BYTE_INTERVAL_MS = 200;
/** How often somebody else works; more often would only keep other tests from working. */
const OTHER_INTERVAL_MS = 300;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Sends the beginning of a request and then one byte at a time, until the server closes. @returns What it was answered. */
function drip(beginning: string): Promise<string> {
  const socket = connect(Number(new URL(deployment.url).port), "127.0.0.1");
  const timer = setInterval(() => socket.write("a"), BYTE_INTERVAL_MS);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  // The server may close while a byte is on its way.
  socket.on("error", () => undefined);
  socket.write(beginning);
  return new Promise((resolve) => {
    socket.on("close", () => {
      clearInterval(timer);
      resolve(answer.split("\r\n", 1)[0] ?? "");
    });
  });
}

/** Stores and reads, again and again, until something else is over. @returns How often. */
async function goOnUntil(over: Promise<unknown>, client: StreamingClient): Promise<number> {
  const watched = { isOver: false };
  void over.then(() => {
    watched.isOver = true;
  });
  const content = makeContent(10_000);
  let times = 0;
  for (; !watched.isOver; times += 1) {
    const { status, json } = await client.put("other", content.bytes(), content.sizeBytes);
    expect(status).toBe(times === 0 ? 201 : 200);
    expect((await client.download(json.id)).sha256).toBe(digestOf(content));
    await sleep(OTHER_INTERVAL_MS);
  }
  return times;
}

test(`${CONNECTIONS} connections that drip their headers or bodies are all ended, keep nobody from working, and leave nothing`, async () => {
  deployment = await Deployment.start({ settings: { UPLOAD_IDLE_TIMEOUT_SECONDS: "1" } });
  const { pid } = deployment.process("web");
  const [slow, other] = [
    await StreamingClient.register(deployment.url),
    await StreamingClient.register(deployment.url),
  ];
  const host = `Host: a\r\nCookie: ${slow.cookie}`;
  const header = `GET /api/v1/files HTTP/1.1\r\n${host}\r\nX-Slow: `;
  const body = `PUT /api/v1/files?name=slow HTTP/1.1\r\n${host}\r\nContent-Length: 1000000\r\n\r\n`;

  const answers = Promise.all(
    Array.from({ length: CONNECTIONS }, (_, n) => drip(n % 2 === 0 ? header : body)),
  );
  const times = await goOnUntil(answers, other);

  expect(new Set(await answers)).toEqual(new Set(["HTTP/1.1 408 Request Timeout"]));
  expect(times).toBeGreaterThan(1);
  await untilAnswered(() => Promise.resolve(openFileCount(pid) < CONNECTIONS || undefined));
  expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  expect(await slow.list()).toEqual([]);
  expect(deployment.failures("web")).toEqual([]);
}, 300_000);

test(`${READERS} readers that take nothing cost little memory, and are cut`, async () => {
  deployment = await Deployment.start({ settings: { DOWNLOAD_IDLE_TIMEOUT_SECONDS: "3" } });
  const { pid } = deployment.process("web");
  const client = await StreamingClient.register(deployment.url);
  const content = makeContent(LARGE_BYTES);
  const { json } = await client.put("large", content.bytes(), LARGE_BYTES);
  const path = `/api/v1/files/${json.id}`;
  await client.download(json.id);
  const peakBytes = memoryBytes(pid, "VmHWM");

  const opening = Array.from({ length: READERS }, async () => {
    const reader = await RawClient.open(Number(new URL(deployment.url).port));
    const { socket } = reader;
    await reader
      .send(`GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\n\r\n`)
      .received(/^HTTP\/1.1 200 /);
    socket.pause();
    return reader;
  });
  const readers = await Promise.all(opening);
  const cut = () => deployment.process("web").output.match(/"isAborted":true/g)?.length;
  await untilAnswered(() => Promise.resolve(cut() === READERS || undefined));
  const answers = await Promise.all(
    readers.map((reader) => {
      reader.socket.resume();
      return reader.closed();
    }),
  );

  expect(memoryBytes(pid, "VmHWM") - peakBytes).toBeLessThan(READERS * PEAK_BYTES);
  for (const { text } of answers) expect(text.length).toBeLessThan(LARGE_BYTES);
  expect((await client.download(json.id)).sha256).toBe(digestOf(content));
  expect(deployment.failures("web")).toEqual([]);
}, 300_000);
