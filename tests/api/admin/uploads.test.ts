import { once } from "node:events";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

/** A lease is renewed three times while it lasts. */
const world = useWorld({ uploadLeaseMs: 3000 });

const UPLOADS = "/api/v1/admin/uploads";
const NAME = "very-private-name";
const MIB = 1024 ** 2;

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const ledger = () => world().mongo.db.collection<UploadDoc>("uploads");
const idOf = async (client: Client) => (await client.get("/api/v1/me")).json.id;

/** Waits until every lease has been renewed, or refused to be. */
async function untilRenewed(): Promise<void> {
  const other = await inOneRequest();
  const before = await ledger().findOne({ _id: other.id });
  await eventually(
    () =>
      ledger().findOne({ _id: other.id, leaseUntil: { $gt: before?.leaseUntil ?? new Date() } }),
    (upload) => upload !== null,
  );
  other.goOn();
  await other.received;
  await other.upload.abort();
}

/** A resumable upload of which a part has arrived. */
async function resumable() {
  const owner = await world().member();
  const tus = new TusClient({ url: world().url, cookie: owner.cookie });
  const metadata = `filename ${Buffer.from(NAME).toString("base64")}`;
  const fields = { "Upload-Length": String(4 * MIB), "Upload-Metadata": metadata };
  const path = await tus.begin(fields, Buffer.alloc(MIB));
  return { owner, tus, path, id: path.split("/").at(-1) ?? "" };
}

/** An upload in one request of which a part has arrived; it goes on when the test says so. */
async function inOneRequest() {
  const owner = await world().member();
  const upload = await beginUpload(world(), owner, { name: NAME, expectedBytes: 3 * MIB });
  const ownerId = await idOf(owner);
  const { _id: id } = (await ledger().findOne({ ownerId })) ?? { _id: "" };
  const gate = new AbortController();
  const opened = once(gate.signal, "abort");
  async function* content() {
    yield Buffer.alloc(MIB);
    await opened;
    yield Buffer.alloc(MIB);
    yield Buffer.alloc(MIB);
  }
  const received = upload.receive(content());
  return {
    owner,
    ownerId,
    id,
    upload,
    received,
    goOn: () => {
      gate.abort();
    },
  };
}

describe("GET /admin/uploads", () => {
  test("lists the uploads of all accounts, the latest first, page by page, without names", async () => {
    const first = await resumable();
    const second = await inOneRequest();

    const { json } = await admin.get(`${UPLOADS}?limit=1`);
    const next = await admin.get(`${UPLOADS}?limit=5&cursor=${String(json.nextCursor)}`);

    expect(json.items).toEqual([
      {
        id: second.id,
        ownerId: second.ownerId,
        state: "receiving",
        isResumable: false,
        expectedBytes: 3 * MIB,
        receivedBytes: null,
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    expect(next.json.items).toEqual([
      expect.objectContaining({
        id: first.id,
        ownerId: await idOf(first.owner),
        isResumable: true,
        expectedBytes: 4 * MIB,
        receivedBytes: MIB,
      }),
    ]);
    expect(JSON.stringify([json, next.json])).not.toContain(NAME);
    second.goOn();
    await second.received;
    await second.upload.publish();
    await first.tus.terminate(first.path);
  });

  test("lists only uploads in the state that is asked for, and none that are files", async () => {
    const { tus, path, id } = await resumable();
    await tus.patch(path, { offset: MIB, body: Buffer.alloc(3 * MIB) });

    for (const state of ["receiving", "publishing", "aborting"]) {
      const { items } = (await admin.get(`${UPLOADS}?state=${state}`)).json;
      expect(items.map((upload) => upload.id)).not.toContain(id);
    }
    expect((await admin.get(`${UPLOADS}?state=published`)).status).toBe(400);
  });

  test("is for admins only, as cancelling is", async () => {
    const { owner, tus, path, id } = await resumable();

    expect((await owner.get(UPLOADS)).status).toBe(403);
    expect((await owner.delete(`${UPLOADS}/${id}`)).status).toBe(403);
    expect(await tus.offset(path)).toBe(MIB);
    expect((await tus.terminate(path)).status).toBe(204);
  });
});

describe("DELETE /admin/uploads/{id}", () => {
  test("gives up a resumable upload with its bytes and its reservation, and is audited", async () => {
    const { owner, tus, path, id } = await resumable();
    expect((await owner.usage()).reservedBytes).toBe(4 * MIB);

    expect((await admin.delete(`${UPLOADS}/${id}`)).status).toBe(204);

    expect((await owner.usage()).reservedBytes).toBe(0);
    expect((await tus.head(path)).status).toBe(404);
    expect((await admin.delete(`${UPLOADS}/${id}`)).status).toBe(404);
    const events = world().mongo.db.collection<AuditDoc>("auditEvents");
    expect(await events.findOne({ "target.id": id, outcome: "success" })).toMatchObject({
      action: "upload.cancel",
      accountId: await idOf(owner),
      actor: { accountId: await idOf(admin) },
    });
  });

  test("frees at once what an upload in one request has reserved, and refuses its next bytes", async () => {
    const { owner, id, received, goOn } = await inOneRequest();
    expect((await owner.usage()).reservedBytes).toBe(3 * MIB);

    expect((await admin.delete(`${UPLOADS}/${id}`)).status).toBe(204);

    expect((await owner.usage()).reservedBytes).toBe(0);
    expect((await admin.delete(`${UPLOADS}/${id}`)).status).toBe(404);
    // The request learns of it when it renews its lease.
    await untilRenewed();
    goOn();
    await expect(received).rejects.toMatchObject({ code: "upload-expired" });
    await eventually(
      () => ledger().countDocuments({ _id: id }),
      (count) => count === 0,
    );
  });

  test("does not let an upload be published that has arrived when it is cancelled", async () => {
    const { owner, id, upload, received, goOn } = await inOneRequest();
    goOn();
    await received;

    expect((await admin.delete(`${UPLOADS}/${id}`)).status).toBe(204);

    await expect(upload.publish()).rejects.toMatchObject({ code: "upload-expired" });
    await upload.abort();
    expect((await owner.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("answers 409 to an upload that is a file, and 404 to an unknown one", async () => {
    const { owner, tus, path, id } = await resumable();
    await tus.patch(path, { offset: MIB, body: Buffer.alloc(3 * MIB) });

    const { status, json } = await admin.delete(`${UPLOADS}/${id}`);

    expect([status, json.code]).toEqual([409, "upload-published"]);
    expect((await owner.get("/api/v1/files")).json.items).toHaveLength(1);
    expect((await admin.delete(`${UPLOADS}/${newId()}`)).status).toBe(404);
  });
});
