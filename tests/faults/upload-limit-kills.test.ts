import { afterEach, expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import type { AccountDoc } from "../../common/accounts/account.js";
import type { GrantLinkDoc } from "../../common/links/link.js";
import type { UploadDoc } from "../../common/uploads/upload.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { RawClient } from "../support/raw-client.js";
import { StreamingClient } from "../support/streaming-client.js";
import { locationOf, uploadMetadata } from "../support/tus-client.js";
import { until } from "../support/watched-process.js";

/** All that may be stored: the resumable upload, and as many bytes more. */
const LIMIT = 2_000_000;
const RESUMABLE = randomBytes(1_200_000);
const FIRST = 500_000;
const REST_OF_LIMIT = LIMIT - RESUMABLE.length;

/** Who uploads without an account, and how a limit answers. */
interface Door {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** @returns Where the requests go to, and with which credential. */
  readonly open: (owner: StreamingClient) => Promise<Entrance>;
  readonly refused: number;
  /** How many bytes are too much while both uploads are under way. A grant holds what they have announced, a quota what has come. */
  readonly tooMuchBytes: number;
}

interface Entrance {
  readonly base: string;
  /** The path of the folder that they put files into. */
  readonly folder: string;
  readonly headers: Readonly<Record<string, string>>;
}

const DOORS: readonly Door[] = [
  {
    name: "an upload grant",
    settings: {},
    refused: 403,
    tooMuchBytes: 1,
    open: async (owner) => {
      const terms = { folderId: "root", maxFiles: 2, maxBytes: LIMIT };
      const { token } = (await post(owner, "upload-grants", terms)) as { token: string };
      return { base: "/api/v1", folder: "", headers: { Authorization: `Bearer ${token}` } };
    },
  },
  {
    // Its limit is the quota of the folder's owner.
    name: "a link for uploads",
    settings: { DEFAULT_QUOTA_BYTES: String(LIMIT) },
    refused: 507,
    tooMuchBytes: LIMIT,
    open: async (owner) => {
      const folder = (await post(owner, "folders", { name: "in" })) as { id: string };
      const terms = { entryId: folder.id, permission: "upload" };
      const { url } = (await post(owner, "links", terms)) as { url: string };
      return { base: url, folder: "/in", headers: {} };
    },
  },
];

let deployment: Deployment;

afterEach(() => deployment.close());

async function post(owner: StreamingClient, path: string, body: object): Promise<object> {
  const { status, json } = await owner.ask({
    method: "POST",
    path: `/api/v1/${path}`,
    headers: { "Content-Type": "application/json" },
    body: [Buffer.from(JSON.stringify(body))],
  });
  if (status !== 201) throw new Error(`${path} is answered ${status}`);
  return json;
}

/** Sends the head of a request, and less of its body than it announces. */
async function beginRaw(head: readonly string[], part: Buffer): Promise<RawClient> {
  const client = await RawClient.open(Number(new URL(deployment.url).port));
  client.send(`${head.join("\r\n")}\r\nHost: a\r\n\r\n`).send(part);
  return client;
}

/** How many bytes and files count against the limits, by the account and by the grant, if there is one. */
const counted = () =>
  deployment.withDb(async (db) => {
    const account = await db.collection<AccountDoc>("accounts").findOne();
    const grant = await db.collection<GrantLinkDoc>("links").findOne({ kind: "grant" });
    return {
      files: grant?.usedFiles ?? Number(account?.usage.files),
      bytes: grant?.usedBytes ?? Number(account?.usage.bytes),
      open: (grant?.openUploads.length ?? 0) + (account?.reservations.length ?? 0),
    };
  });

/** Waits until two uploads are under way, and one has more than the first piece. */
const untilBothUnderWay = () =>
  deployment.withDb((db) =>
    until(async () => {
      const uploads = db.collection<UploadDoc>("uploads");
      const isUnderWay = { state: "receiving" } as const;
      return (await uploads.countDocuments(isUnderWay)) === 2;
    }),
  );

test.each(DOORS)(
  "Uploads by $name, whose web process is killed, go on or give back what they held, and the limit holds exactly",
  async ({ settings, open, refused, tooMuchBytes }) => {
    deployment = await Deployment.start({ settings });
    const owner = await StreamingClient.register(deployment.url);
    const { base, folder, headers } = await open(owner);
    const send = (request: string, fields: Record<string, string>, body?: Buffer) => {
      const [method = "", path = ""] = request.split(" ");
      return fetch(deployment.url + path, {
        method,
        headers: { ...headers, ...fields },
        ...(body !== undefined && { body: new Uint8Array(body) }),
      });
    };
    const tus = {
      "Tus-Resumable": "1.0.0",
      "Content-Type": "application/offset+octet-stream",
    };
    const put = async (name: string, sizeBytes: number) =>
      (await send(`PUT ${base}/files?name=${name}`, {}, Buffer.alloc(sizeBytes))).status;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

    const announced = {
      ...uploadMetadata({ filename: "resumed" }),
      "Upload-Length": String(RESUMABLE.length),
    };
    const created = await send(
      `POST ${base}/uploads`,
      { ...tus, ...announced },
      RESUMABLE.subarray(0, FIRST),
    );
    const upload = locationOf(created.headers);
    const cut = [
      await beginRaw(
        [
          `PATCH ${upload} HTTP/1.1`,
          ...lines,
          ...Object.entries(tus).map(([name, value]) => `${name}: ${value}`),
          `Upload-Offset: ${FIRST}`,
          `Content-Length: ${RESUMABLE.length - FIRST}`,
        ],
        RESUMABLE.subarray(FIRST, FIRST + 300_000),
      ),
      await beginRaw(
        [`PUT ${base}/files?name=lost HTTP/1.1`, ...lines, `Content-Length: ${REST_OF_LIMIT}`],
        Buffer.alloc(REST_OF_LIMIT - 1),
      ),
    ];
    await untilBothUnderWay();
    expect(await put("too-much", tooMuchBytes)).toBe(refused);
    await deployment.kill("web");
    for (const { socket } of cut) socket.destroy();
    await deployment.startPart("web");

    const head = await send(`HEAD ${upload}`, tus);
    const offset = Number(head.headers.get("upload-offset"));
    const rest = RESUMABLE.subarray(offset);
    const patched = await send(
      `PATCH ${upload}`,
      { ...tus, "Upload-Offset": String(offset) },
      rest,
    );
    expect([head.status, offset >= FIRST, patched.status]).toEqual([200, true, 204]);
    await until(async () => (await counted()).open === 0);
    expect(await counted()).toEqual({ files: 1, bytes: RESUMABLE.length, open: 0 });

    expect(await put("too-much", REST_OF_LIMIT + 1)).toBe(refused);
    expect(await put("fits", REST_OF_LIMIT)).toBe(201);
    expect(await put("one-more", 1)).toBe(refused);
    await until(async () => (await counted()).open === 0);
    expect(await counted()).toEqual({ files: 2, bytes: LIMIT, open: 0 });
    expect(await owner.get(`/api/v1/by-path${folder}/resumed?metadata`)).toMatchObject({
      sha256: createHash("sha256").update(RESUMABLE).digest("hex"),
    });
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  },
  240_000,
);
