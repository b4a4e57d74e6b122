import { describe, expect, test } from "@jest/globals";
import type { EventDoc } from "../../../common/events/event.js";
import type { FolderEntry } from "../../../common/entries/entry.js";
import type { Client } from "../../support/client.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FOLDERS = 3;
/** To make the folders, to relay their events, and one more. */
const MOST_COMMANDS = 40;

const folderNames = async (client: Client): Promise<string[]> => {
  const { json } = await client.get("/api/v1/folders/root/children?limit=1000");
  return json.items.map(({ name }) => name).toSorted();
};

/** Makes folders and relays their events, in a process that dies after so many commands. @returns Whether it came to its end. */
async function makeAndDie(client: Client, diesAfter: number): Promise<boolean> {
  const actor = await world().actorOf(client);
  const place = await world().services.access.place(actor, "root");
  const process = await MortalProcess.start(world(), diesAfter);
  const { folders, eventRelay } = process.product;
  let isOver = false;
  await process.run(async () => {
    for (let n = 0; n < FOLDERS; n += 1) await folders.create(place, `${diesAfter}-${n}`);
    await eventRelay.run(actor.id);
    isOver = true;
  });
  return isOver;
}

describe("Events of a process that dies after any command", () => {
  test("are in the log once, each for a change that was made, with numbers without gaps", async () => {
    const client = await world().member();
    const ownerId = (await world().actorOf(client)).id;

    let isOver = false;
    for (let diesAfter = 0; !isOver && diesAfter < MOST_COMMANDS; diesAfter += 1) {
      isOver = await makeAndDie(client, diesAfter);
    }
    expect(isOver).toBe(true);
    await world().sweep();

    const events = await world()
      .mongo.db.collection<EventDoc>("events")
      .find({ ownerId, type: "folder.created" }, { sort: { seq: 1 } })
      .toArray();
    const told = events.map(({ entry }) => entry?.name ?? "");
    expect(told.toSorted()).toEqual(await folderNames(client));
    const { json } = await client.get("/api/v1/changes?since=0&limit=1000");
    const numbers = json.items.map((item) => (item as unknown as EventDoc).seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const waiting = world().mongo.db.collection<FolderEntry>("entries");
    expect(await waiting.countDocuments({ ownerId, "outbox.0": { $exists: true } })).toBe(0);
  }, 120_000);
});
