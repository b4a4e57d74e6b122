import { afterEach, describe, expect, test } from "@jest/globals";
import { eventually } from "../../support/eventually.js";
import { shareLink } from "../../support/share-links.js";
import { locationOf, TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { give, people } from "../shares/people.js";

const LIMIT = 4_000_000;
const API = "/api/v1";

/** What ends the uploads that a test has left open. */
let endings: (() => Promise<unknown>)[] = [];

// Before the hooks of the world, which wait for what is open.
afterEach(async () => {
  for (const end of endings) await end();
  endings = [];
});

const world = useWorld({ defaultQuotaBytes: LIMIT });

/** An owner, and where a guest begins uploads into a folder of the owner, by a link or by a share. */
async function guests(kind: "a link" | "a share") {
  const all = await people(world());
  const { owner, folder: id } = all;
  if (kind === "a link") {
    const terms = { permission: "upload" } as const;
    const link = await shareLink(world(), { owner, id, kind: "folder" }, terms);
    return { ...all, link, uploads: `${link.path}/uploads`, tus: new TusClient(world().visitor()) };
  }
  await give(all, "editor");
  return { ...all, link: undefined, uploads: `${API}/uploads`, tus: new TusClient(all.guest) };
}

type Guests = Awaited<ReturnType<typeof guests>>;

async function begin({ tus, uploads, folder: folderId }: Guests, fields: Record<string, string>) {
  const metadata = uploadMetadata({ filename: "a", folderId });
  const answer = await tus.send("POST", uploads, { fields: { ...fields, ...metadata } });
  if (answer.status === 201) endings.push(() => tus.terminate(locationOf(answer.headers)));
  return answer;
}

const usageOf = async ({ owner }: Guests) => (await owner.get(`${API}/me`)).json.usage;

/** What the owner has room for. */
const freeFor = async (all: Guests) => {
  const { bytes, reservedBytes } = await usageOf(all);
  return LIMIT - bytes - reservedBytes;
};

describe.each(["a link", "a share"] as const)("An upload by %s", (kind) => {
  test("holds nothing of the owner's quota before its bytes come, whatever it announces", async () => {
    const all = await guests(kind);
    const free = await freeFor(all);

    const begun = await begin(all, { "Upload-Length": String(free) });
    const { reservedBytes } = await usageOf(all);
    const own = await all.owner.put(`${API}/files?name=own`, Buffer.alloc(free));

    expect([begun.status, reservedBytes, own.status]).toEqual([201, 0, 201]);
  });

  test("holds no more by a length that it announces later", async () => {
    const all = await guests(kind);
    const free = await freeFor(all);
    const upload = locationOf((await begin(all, { "Upload-Defer-Length": "1" })).headers);
    const none = { offset: 0, body: Buffer.alloc(0) };

    const announce = (bytes: number) =>
      all.tus.patch(upload, { ...none, fields: { "Upload-Length": String(bytes) } });
    const [tooMuch, fits] = [await announce(free + 1), await announce(free)];

    expect([tooMuch.status, fits.status]).toEqual([507, 204]);
    expect((await usageOf(all)).reservedBytes).toBe(0);
  });

  test("is refused at once (507) when its length does not fit", async () => {
    const all = await guests(kind);
    const free = await freeFor(all);

    const { status, problem } = await begin(all, { "Upload-Length": String(free + 1) });

    expect([status, problem?.code]).toEqual([507, "quota-exceeded"]);
  });

  test("reserves what has come, and no more than it has announced", async () => {
    const all = await guests(kind);
    const upload = locationOf((await begin(all, { "Upload-Length": "3000000" })).headers);

    await all.tus.patch(upload, { offset: 0, body: Buffer.alloc(10) });
    const first = await usageOf(all);
    await all.tus.patch(upload, { offset: 10, body: Buffer.alloc(2_999_980) });
    const almost = await usageOf(all);
    const last = await all.tus.patch(upload, { offset: 2_999_990, body: Buffer.alloc(10) });

    expect([first.reservedBytes, almost.reservedBytes, last.status]).toEqual([
      1024 ** 2,
      3_000_000,
      204,
    ]);
  });

  test("never passes the quota with others at once, and keeps what has come when there is no room", async () => {
    const all = await guests(kind);
    const free = await freeFor(all);
    const size = Math.floor(free / 3);
    const begun = await Promise.all(
      Array.from({ length: 5 }, () => begin(all, { "Upload-Length": String(size) })),
    );

    const answers = await Promise.all(
      begun.map(({ headers }) =>
        all.tus.patch(locationOf(headers), { offset: 0, body: Buffer.alloc(size) }),
      ),
    );

    const { bytes, reservedBytes } = await usageOf(all);
    const stored = answers.filter(({ status }) => status === 204).length;
    const refused = answers.filter(({ status }) => status === 507).length;
    expect([begun.map(({ status }) => status), stored + refused]).toEqual([
      [201, 201, 201, 201, 201],
      5,
    ]);
    expect(stored).toBeLessThanOrEqual(3);
    expect(bytes + reservedBytes).toBeLessThanOrEqual(LIMIT);
  });
});

describe("What a link has begun to upload", () => {
  const REVOCATIONS = [
    ["one", (id: string) => `${API}/links/${id}`],
    ["all of its kind", () => `${API}/links?kind=share`],
  ] as const;

  test.each(REVOCATIONS)("ends when the link is revoked: %s", async (_which, url) => {
    const all = await guests("a link");
    const { headers } = await begin(all, { "Upload-Length": "2000000" });
    const upload = locationOf(headers);
    await all.tus.patch(upload, { offset: 0, body: Buffer.alloc(10) });
    const before = await usageOf(all);

    const revoked = await all.owner.delete(url(all.link?.id ?? ""));
    const after = await eventually(
      () => usageOf(all),
      ({ reservedBytes }) => reservedBytes === 0,
    );

    expect([before.reservedBytes, revoked.status, after.reservedBytes]).toEqual([
      1024 ** 2,
      204,
      0,
    ]);
    expect((await all.tus.head(upload)).status).toBe(404);
  });
});

describe.each(["a link", "a share"] as const)("The owner cancels an upload by %s", (kind) => {
  test("but cannot look at it or go on with it, and neither can others", async () => {
    const all = await guests(kind);
    const begun = locationOf((await begin(all, { "Upload-Length": "2000000" })).headers);
    await all.tus.patch(begun, { offset: 0, body: Buffer.alloc(10) });
    const path = `${API}/uploads/${begun.split("/").at(-1)}`;
    const [owner, stranger] = [new TusClient(all.owner), new TusClient(await world().member())];

    const patched = await owner.patch(path, { offset: 10, body: Buffer.alloc(10) });
    const looked = await owner.head(path);
    const byStranger = await stranger.terminate(path);
    const cancelled = await owner.terminate(path);

    expect([patched, looked, byStranger, cancelled].map(({ status }) => status)).toEqual([
      404, 404, 404, 204,
    ]);
    expect((await usageOf(all)).reservedBytes).toBe(0);
    expect((await all.tus.head(begun)).status).toBe(404);
  });
});

test("Another link of the owner cannot cancel an upload", async () => {
  const all = await guests("a link");
  const begun = locationOf((await begin(all, { "Upload-Length": "5" })).headers);
  const terms = { permission: "upload" } as const;
  const other = await shareLink(
    world(),
    { owner: all.owner, id: all.folder, kind: "folder" },
    terms,
  );

  const { status } = await all.tus.terminate(`${other.path}/uploads/${begun.split("/").at(-1)}`);

  expect([status, (await all.tus.head(begun)).status]).toEqual([404, 200]);
});

test("A body by a link that trickles holds no more than a step", async () => {
  const all = await guests("a link");
  const free = await freeFor(all);
  const raw = await world().raw();
  const path = all.uploads.replace(/uploads$/, "files?name=a");

  raw.send(`PUT ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${free}\r\n\r\n`);
  raw.send("x".repeat(20_000));
  const usage = await eventually(
    () => usageOf(all),
    ({ reservedBytes }) => reservedBytes > 0,
  );
  const own = await all.owner.put(`${API}/files?name=own`, Buffer.alloc(free - 1024 ** 2));
  raw.socket.destroy();

  expect([usage.reservedBytes, own.status]).toEqual([1024 ** 2, 201]);
});
