import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { eventsOf } from "../../support/events.js";
import { makeLink } from "../../support/links.js";
import { shareLink } from "../../support/share-links.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const API = "/api/v1";

/** The types and doors of what an act makes happen. */
async function doors(client: Client, act: () => Promise<unknown>): Promise<string[]> {
  return (await eventsOf(client, act)).map(({ type, door }) => `${type} ${door}`);
}

describe("The door of an event", () => {
  test("is tus for a resumable upload", async () => {
    const client = await world().member();
    const tus = new TusClient({ url: world().url, cookie: client.cookie });
    const name = Buffer.from("a.txt").toString("base64");
    const fields = { "Upload-Length": "5", "Upload-Metadata": `filename ${name}` };

    const seen = await doors(client, () => tus.begin(fields, Buffer.from("hello")));

    expect(seen).toEqual(["file.created tus", "upload.completed tus"]);
  });

  test("is batch for each operation of a batch", async () => {
    const client = await world().member();
    const [a, b] = [await client.store("a", "a"), await client.store("b", "b")];
    const operations = [
      { op: "move", id: a.id, name: "c" },
      { op: "tag", id: b.id, add: ["x"] },
    ];

    const seen = await doors(client, () => client.post(`${API}/batch`, { operations }));

    expect(seen).toEqual(["file.moved batch", "file.updated batch"]);
  });

  test("is job for what a job does, with who made the job", async () => {
    const client = await world().member();
    const { id: accountId } = (await client.get(`${API}/me`)).json;
    const folder = await client.makeFolder("to");
    const { id } = await client.store("a", "a");
    await world().settle();
    const body = { selection: { ids: [id] }, operation: { op: "move", folderId: folder.id } };

    const events = await eventsOf(client, async () => {
      expect((await client.post(`${API}/jobs`, body)).status).toBe(202);
      await world().settle();
    });

    const actor = { id: accountId, kind: "account", credential: { kind: "session" } };
    expect(events).toMatchObject([{ type: "file.moved", door: "job", actor, entry: { id } }]);
  });

  test("is link for a download by a share link, which is told of once", async () => {
    const owner = await world().member();
    const file = await owner.store("a.txt", "hello");
    await world().settle();
    const link = await shareLink(world(), { owner, ...file });

    const events = await eventsOf(owner, async () => {
      const visitor = world().visitor();
      expect((await visitor.get(`${link.path}/content`)).status).toBe(200);
    });

    expect(events).toMatchObject([
      {
        ...{ type: "link.used", door: "link", use: "download", link: { id: link.id } },
        actor: { id: link.id, kind: "link" },
        entry: { id: file.id, name: "a.txt" },
      },
    ]);
  });

  test("is link for an upload by a link, which makes a file and uses the link", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("drop");
    const { id, url } = await makeLink(owner, folder.id, { permission: "upload" });
    const path = `${new URL(url, world().url).pathname}/files?name=b.txt`;

    const events = await eventsOf(owner, async () => {
      expect((await world().visitor().put(path, "b")).status).toBe(201);
    });

    const actor = { id, kind: "link" };
    expect(events.map(({ door }) => door)).toEqual(events.map(() => "link"));
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "file.created", actor: expect.objectContaining(actor) }),
        expect.objectContaining({
          type: "link.used",
          use: "upload",
          link: expect.objectContaining({ id }),
        }),
      ]),
    );
  });
});
