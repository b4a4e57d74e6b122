import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import type { ShareLinkDoc } from "../../common/links/link.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { StreamingClient } from "../support/streaming-client.js";
import { until } from "../support/watched-process.js";

/** More than what waits in buffers while a client does not read. */
const CONTENT = randomBytes(40_000_000);

/** Longer than a place waits for who went away; see `PLACE_MS`. */
const AWAY_MS = 3_600_000 + 60_000;

let deployment: Deployment;
let owner: StreamingClient;

beforeEach(async () => {
  deployment = await Deployment.start();
  owner = await StreamingClient.register(deployment.url);
});

afterEach(() => deployment.close());

/** A file of an account, with a link for one download. @returns The URL of the content. */
async function shareOnce(): Promise<string> {
  const { json: file } = await owner.put("once.bin", [CONTENT], CONTENT.length);
  await until(async () => (await owner.get(`/api/v1/files/${file.id}/metadata`)).state === "ready");
  const terms = { entryId: file.id, permission: "download", maxDownloads: 1 };
  const { status, json } = await owner.ask({
    method: "POST",
    path: "/api/v1/links",
    headers: { "Content-Type": "application/json" },
    body: [Buffer.from(JSON.stringify(terms))],
  });
  expect(status).toBe(201);
  return `${deployment.url}${json.url}/content`;
}

const download = (url: string, userAgent: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers: { "User-Agent": userAgent, ...headers } });

/** Reads the beginning of a download, kills the web process, and reads what comes until the connection breaks. */
async function cutByKill(url: string) {
  const answer = await download(url, "first/1");
  const [cookie = ""] = (answer.headers.getSetCookie()[0] ?? "").split(";");
  const pieces: Uint8Array[] = [];
  const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  const read = async () => {
    const piece = await reader?.read();
    if (piece?.value === undefined) return false;
    pieces.push(piece.value);
    return true;
  };
  await read();
  await deployment.kill("web");
  while (await read().catch(() => false));
  return { status: answer.status, cookie, begun: Buffer.concat(pieces) };
}

/** How the downloads of the link stand in the database. */
const places = () =>
  deployment.withDb(async (db) => {
    const link = await db.collection<ShareLinkDoc>("links").findOne();
    const uses = await db.collection("linkUses").countDocuments();
    return { used: link?.usedDownloads, open: link?.openDownloads.length, uses };
  });

/** Makes what the killed process left as old as if nobody had come for so long. */
const letTimePass = () =>
  deployment.withDb(async (db) => {
    const at = new Date(Date.now() - AWAY_MS);
    await db.collection("links").updateOne({}, { $set: { "openDownloads.0.at": at } });
    await db.collection("linkUses").updateOne({}, { $set: { startedAt: at, lastAt: at } });
  });

const untilPlaces = (used: number, open: number) =>
  untilAnswered(async () => {
    const found = await places();
    return found.used === used && found.open === open ? found : undefined;
  });

/** Discards what comes. @returns The status. */
async function statusOf(answer: Response): Promise<number> {
  await answer.arrayBuffer();
  return answer.status;
}

describe("A download by a link for one, whose web process is killed", () => {
  test("keeps its place: who has its cookie goes on, nobody else begins, and it counts once", async () => {
    const url = await shareOnce();

    const { status, cookie, begun } = await cutByKill(url);
    await deployment.startPart("web");
    expect([status, await places()]).toEqual([200, { used: 1, open: 1, uses: 1 }]);
    expect(begun.length).toBeLessThan(CONTENT.length / 2);
    expect(await statusOf(await download(url, "other/1"))).toBe(404);

    const range = `bytes=${begun.length}-`;
    const rest = await download(url, "another program of the first/1", {
      Cookie: cookie,
      Range: range,
    });
    const whole = Buffer.concat([begun, Buffer.from(await rest.arrayBuffer())]);

    expect(rest.status).toBe(206);
    expect(createHash("sha256").update(whole).digest("hex")).toBe(
      createHash("sha256").update(CONTENT).digest("hex"),
    );
    expect(await untilPlaces(1, 0)).toMatchObject({ uses: 1 });
    expect(await statusOf(await download(url, "other/1"))).toBe(404);
  }, 180_000);

  test("loses its place after an hour: one other begins, and the first does not go on", async () => {
    const url = await shareOnce();
    const { cookie, begun } = await cutByKill(url);
    await deployment.startPart("web");
    await letTimePass();

    expect(await places()).toEqual({ used: 1, open: 1, uses: 1 });
    expect(await statusOf(await download(url, "other/1"))).toBe(200);
    await untilPlaces(1, 0);
    const rest = await download(url, "first/1", {
      Cookie: cookie,
      Range: `bytes=${begun.length}-`,
    });

    expect(await statusOf(rest)).toBe(404);
    expect(await places()).toEqual({ used: 1, open: 0, uses: 2 });
  }, 180_000);
});
