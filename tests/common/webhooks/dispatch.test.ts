import { beforeEach, describe, expect, test } from "@jest/globals";
import type { EventType } from "../../../common/events/event.js";
import type { CursorDoc, DeliveryDoc, WebhookOwner } from "../../../common/webhooks/webhook.js";
import type { Client } from "../../support/client.js";
import { changesOf, nowOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";
import type { WebhookReceiver } from "../../support/webhook-receiver.js";
import { useListening } from "./listening.js";

const world = useWorld({ webhookAllowPrivate: true });
const listening = useListening(world);

let receiver: WebhookReceiver;
let client: Client;
let id: string;

beforeEach(async () => {
  ({ receiver, client, id } = listening());
  await world().settle();
});

interface Terms {
  readonly events?: readonly EventType[];
  readonly folderId?: string;
}

async function listen(owner: WebhookOwner, { events, folderId = "" }: Terms = {}) {
  const { webhook, secret } = await world().services.webhooks.create(owner, {
    url: new URL(receiver.url),
    label: null,
    events: events ?? null,
    folderId: folderId === "" ? null : folderId,
  });
  return { webhook, verified: () => receiver.verified(secret) };
}

const remove = (owner: WebhookOwner, webhookId: string) =>
  world().services.webhooks.remove(owner, webhookId);

const folder = async (name: string, parentId?: string) =>
  (await client.makeFolder(name, parentId)).id;

/** A new file in a folder. */
const storeIn = async (folderId: string, name: string) => {
  const path = `/api/v1/files?name=${name}&folderId=${folderId}`;
  return (await client.put(path, "some text")).json.id;
};

describe("A webhook", () => {
  test("gets each event of its account once from when it was made, as the log has it", async () => {
    await client.store("before.txt", "before");
    const since = await nowOf(client);
    const { verified } = await listen(id);
    await client.store("a.txt", "some text");
    await (await world().member()).store("b.txt", "of somebody else");
    await world().settle();
    const log = await changesOf(client, since);

    const sent = verified();

    expect(sent.map(({ data }) => data).toSorted((a, b) => a.seq - b.seq)).toEqual(
      log.map((event) => ({ ...event, ownerId: id })),
    );
    expect(sent.map(({ type }) => type)).toEqual(sent.map(({ data }) => data.type));
    expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(
      log.length,
    );
    expect(receiver.requests[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^Stowage\/\d+\.\d+\.\d+/),
    });
  });

  test("gets only the events that it asks for", async () => {
    const { verified } = await listen(id, { events: ["folder.created"] });
    await client.store("a.txt", "some text");
    await folder("one");
    await world().settle();

    expect(verified().map(({ type }) => type)).toEqual(["folder.created"]);
  });

  test("of a folder gets what is about it, lies below it, or was moved out of it", async () => {
    const [inside, outside] = [await folder("inside"), await folder("outside")];
    const deep = await folder("deep", inside);
    const { verified } = await listen(id, { folderId: inside });
    const fileId = await storeIn(deep, "a.txt");
    await storeIn(outside, "b.txt");
    await client.send("PATCH", `/api/v1/files/${fileId}`, { folderId: outside });
    await client.send("PATCH", `/api/v1/folders/${inside}`, { name: "renamed" });
    await client.send("PATCH", `/api/v1/folders/${outside}`, { name: "other" });
    await client.send("PATCH", "/api/v1/me", { versionRules: null });
    await world().settle();

    const about = verified().map(({ type, data }) => [type, data.entry?.id]);

    expect(about).toContainEqual(["file.moved", fileId]);
    expect(about).toContainEqual(["file.created", fileId]);
    expect(about).toContainEqual(["folder.moved", inside]);
    expect(about.filter(([, entryId]) => entryId !== fileId && entryId !== inside)).toEqual([]);
  });

  test("of the installation gets the events of all accounts, without the names of their files", async () => {
    const { webhook, verified } = await listen(null, { events: ["file.created", "file.moved"] });
    const other = await world().member();
    const file = await client.store("secret-name.txt", "1");
    await other.store("another-name.txt", "2");
    await client.send("PATCH", `/api/v1/files/${file.id}`, { name: "new-name.txt" });
    await world().settle();

    const sent = verified();

    expect(new Set(sent.map(({ data }) => data.ownerId))).toEqual(
      new Set([id, (await other.get("/api/v1/me")).json.id]),
    );
    expect(sent).toHaveLength(3);
    expect(JSON.stringify(sent)).not.toMatch(/-name/);
    expect(sent[0]?.data.entry?.id).toBeDefined();
    await remove(null, webhook._id);
  });

  test("misses nothing when a worker ends between writing deliveries and noting how far it has come", async () => {
    const { webhook, verified } = await listen(id);
    const cursors = world().mongo.db.collection<CursorDoc>("webhookCursors");
    await client.store("a.txt", "some text");
    await world().settle();
    const first = verified().length;
    const { nextSeq } = (await cursors.findOne({ webhookId: webhook._id })) ?? { nextSeq: 0 };

    await cursors.updateOne({ webhookId: webhook._id }, { $set: { nextSeq: nextSeq - first } });
    await client.store("b.txt", "some text");
    await world().settle();

    const seqs = verified().map(({ data }) => data.seq);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs.length).toBeGreaterThan(first);
    expect(Math.max(...seqs) - Math.min(...seqs) + 1).toBe(seqs.length);
  });

  test("gets no event twice from dispatches that run at once, and each subject's in their order", async () => {
    const { webhook, verified } = await listen(id);
    const file = await client.store("a.txt", "1");
    for (let n = 0; n < 20; n += 1) {
      await client.send("PATCH", `/api/v1/files/${file.id}`, { name: `a${n}.txt` });
    }
    const { dispatch, delivering } = world().jobs.webhookWork;
    const { signal } = new AbortController();
    const runs = Array.from({ length: 6 }, () => dispatch.run(id, signal));
    await Promise.all([...runs, delivering.run(webhook._id, signal)]);
    await world().settle();

    const seqs = verified().map(({ data }) => data.seq);
    expect(seqs.length).toBeGreaterThan(20);
    expect(new Set(seqs).size).toBe(seqs.length);
    const moves = verified().flatMap(({ type, data }) => (type === "file.moved" ? [data.seq] : []));
    expect(moves).toEqual(moves.toSorted((a, b) => a - b));
  });

  test("gets nothing more, and leaves nothing, once it is deleted", async () => {
    const { webhook } = await listen(id);
    await client.store("a.txt", "some text");
    await world().settle();
    const deliveries = world().mongo.db.collection<DeliveryDoc>("webhookDeliveries");
    expect(await deliveries.countDocuments({ webhookId: webhook._id })).toBeGreaterThan(0);
    const before = receiver.requests.length;

    await remove(id, webhook._id);
    await client.store("b.txt", "some text");
    await world().settle();
    await world().sweep();

    expect(receiver.requests).toHaveLength(before);
    expect(await deliveries.countDocuments({ webhookId: webhook._id })).toBe(0);
    await expect(world().services.webhooks.find(id, webhook._id)).rejects.toThrow(
      "no such webhook",
    );
  });
});
