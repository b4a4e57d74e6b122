import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import type { AccountActor } from "../../../common/access/actor.js";
import type { Place } from "../../../common/access/grants.js";
import type { IdempotencyEntry } from "../../../common/idempotency/entry.js";
import type { UploadRequest } from "../../../common/idempotency/keyed-request.js";
import type { Upload } from "../../../common/uploads/service.js";
import type { UploadDoc, Published } from "../../../common/uploads/upload.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const entries = () => world().mongo.db.collection<IdempotencyEntry>("idempotencyKeys");
const ledger = () => world().mongo.db.collection<UploadDoc>("uploads");

/** What a dead process leaves: its lease runs out. */
const expireLeases = () => entries().updateMany({}, { $set: { leaseUntil: new Date(0) } });

/** A request, and where its files go. */
type PlacedRequest = UploadRequest & { readonly place: Place };

interface Try {
  readonly client: Client;
  readonly actor: AccountActor;
  readonly request: PlacedRequest;
}

async function open(actor: AccountActor): Promise<PlacedRequest> {
  const { access, uploadRequests } = world().services;
  const request = await uploadRequests.begin(actor, { key: "k", requestDigest: "d" });
  return Object.assign(request, { place: await access.place(actor, "root") });
}

async function begin(): Promise<Try> {
  const client = await world().member();
  const actor = await world().actorOf(client);
  return { client, actor, request: await open(actor) };
}

async function receive(request: PlacedRequest, name: string): Promise<Upload> {
  const upload = await request.admit(() => Promise.resolve(request.place), {
    name,
    claimedType: null,
    expectedBytes: undefined,
    onConflict: "version",
    condition: null,
  });
  await upload.receive(Readable.from([Buffer.from(name)]));
  return upload;
}

/** Sends the files `a` and `b` as another try would. @returns What it published; `undefined` when it found the answer of a faster one. */
async function tryAgain(actor: AccountActor): Promise<Published[] | undefined> {
  const request = await open(actor);
  const uploads = [await receive(request, "a"), await receive(request, "b")];
  if (request.findAnswer() !== undefined) return undefined;
  const published: Published[] = [];
  for (const upload of uploads) published.push(await upload.publish());
  await request.finish({ status: 201, headers: {}, body: "{}" });
  return published;
}

async function expectStoredOnce(client: Client): Promise<void> {
  await world().settle();
  const { items } = (await client.get("/api/v1/files?sort=name")).json;
  expect(items.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(await client.usage()).toMatchObject({ bytes: 2, reservedBytes: 0, files: 2 });
  expect(
    await world()
      .mongo.db.collection("versions")
      .countDocuments({ fileId: { $in: items.map(({ id }) => id) } }),
  ).toBe(2);
}

/** The steps of a try, each the last one that its process takes. */
const DEATHS: readonly (readonly [string, (given: Try) => Promise<unknown>])[] = [
  ["before its first file", () => Promise.resolve()],
  ["with one file received", ({ request }) => receive(request, "a")],
  [
    "with both files received",
    async ({ request }) => {
      await receive(request, "a");
      await receive(request, "b");
    },
  ],
  [
    "with one of two files decided",
    async ({ request }) => {
      await receive(request, "a");
      await receive(request, "b");
      const sha256 = createHash("sha256").update("a").digest("hex");
      const entry = await entries().findOne();
      const _id = entry?.files[0]?.uploadId ?? "";
      const blob = await world().mongo.db.collection("blobs.files").findOne({ length: 1 });
      const sizeBytes = (blob as { length?: UploadDoc["sizeBytes"] } | null)?.length ?? null;
      await entries().updateOne(
        {},
        { $set: { "files.0.content": { sizeBytes, sha256 } } as object },
      );
      await ledger().updateOne({ _id }, { $set: { state: "publishing", sizeBytes, sha256 } });
    },
  ],
  [
    "with one of two files published",
    async ({ request }) => {
      const a = await receive(request, "a");
      await receive(request, "b");
      await a.publish();
    },
  ],
  [
    "with both files published, and no answer kept",
    async ({ request }) => {
      const [a, b] = [await receive(request, "a"), await receive(request, "b")];
      await a.publish();
      await b.publish();
    },
  ],
];

describe("A request whose process dies", () => {
  test.each(DEATHS)("%s is done once when it comes again", async (_, work) => {
    const given = await begin();
    await work(given);
    await expireLeases();

    const published = await tryAgain(given.actor);

    expect(published?.map(({ isNewFile, file }) => [isNewFile, file.name])).toEqual([
      [true, "a"],
      [true, "b"],
    ]);
    await expectStoredOnce(given.client);
  });

  test.each(DEATHS)("%s is done once when the sweep was there before", async (_, work) => {
    const given = await begin();
    await work(given);
    await expireLeases();
    await ledger().updateMany({}, { $set: { leaseUntil: new Date(0) } });
    await world().settle();

    await tryAgain(given.actor);

    await expectStoredOnce(given.client);
  });

  test.each(DEATHS)("%s is done once by two tries at once", async (_, work) => {
    const given = await begin();
    await work(given);
    await expireLeases();

    const tries = await Promise.allSettled([tryAgain(given.actor), tryAgain(given.actor)]);

    const outcomes = tries.map((each) => {
      if (each.status === "rejected") return (each.reason as { code?: string }).code;
      return each.value === undefined ? "answered" : "published";
    });
    expect(outcomes.filter((outcome) => outcome === "published")).toHaveLength(1);
    expect(["published", "idempotency-key-in-use", "answered"]).toEqual(
      expect.arrayContaining(outcomes),
    );
    await expectStoredOnce(given.client);
  });

  test("and comes back to life publishes nothing beside the try that took over", async () => {
    const given = await begin();
    const uploads = [await receive(given.request, "a"), await receive(given.request, "b")];
    await expireLeases();
    await tryAgain(given.actor);

    for (const upload of uploads) {
      await expect(upload.publish()).rejects.toMatchObject({ code: "idempotency-key-in-use" });
    }
    await expect(receive(given.request, "c")).rejects.toMatchObject({
      code: "idempotency-key-in-use",
    });
    await given.request.release();

    await expectStoredOnce(given.client);
  });

  test("is not taken over before its lease is over", async () => {
    const { actor, request } = await begin();

    await expect(open(actor)).rejects.toMatchObject({ code: "idempotency-key-in-use" });

    await request.release();
    expect(await entries().countDocuments({ actorId: actor.id })).toBe(0);
  });
});
