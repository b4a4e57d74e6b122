import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { AccountActor } from "../../../common/access/actor.js";
import { Access } from "../../../common/access/service.js";
import type { Entry, FolderEntry } from "../../../common/entries/entry.js";
import { EntryListing } from "../../../common/entries/listing.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { TreeRepository } from "../../../common/entries/tree-repository.js";
import { Moves } from "../../../common/folders/moves.js";
import { Folders } from "../../../common/folders/service.js";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { SteppingProcess } from "../../support/stepping-process.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** More than any of these operations sends. */
const MOST_COMMANDS = 12;

let first: SteppingProcess;
let second: SteppingProcess;
let client: Client;
let actor: AccountActor;

beforeAll(async () => {
  first = await SteppingProcess.start(world());
  second = await SteppingProcess.start(world());
  client = await world().member();
  actor = await world().actorOf(client);
});

afterAll(() => Promise.all([first.close(), second.close()]));

/** What a web process does with folders, by the connection of a process that a test stops. */
function partsOf({ db }: Pick<SteppingProcess, "db">) {
  const entries = new EntriesRepository(db);
  const tree = new TreeRepository(db);
  const access = new Access({ entries });
  const folders = new Folders({
    entries,
    tree,
    listing: new EntryListing(db),
    now: () => new Date(),
  });
  return { access, folders, moves: new Moves({ entries, tree }) };
}

function move(process: SteppingProcess, id: Id, into: Id): void {
  const { access, moves } = partsOf(process);
  process.begin(async () => {
    const place = await access.place(actor, into);
    const find = async () => (await access.subfolder(actor, id, "write")).entry;
    return moves.move<FolderEntry>({ find, place, name: newId(), onConflict: "fail" });
  });
}

const statusOf = async (id: Id) => (await client.get(`/api/v1/folders/${id}`)).status;

const stops = Array.from({ length: MOST_COMMANDS }, (_, n) => n);

describe("Two moves that together would make a circle", () => {
  test.each(stops)("leave a tree when the first stops after %i commands", async (before) => {
    for (const between of [0, 2, 4, 6, 8, MOST_COMMANDS]) {
      const [a, b] = [await client.makeFolder(newId()), await client.makeFolder(newId())];

      move(first, a.id, b.id);
      move(second, b.id, a.id);
      await first.step(before);
      await second.step(between);
      const [one, other] = [await first.finish(), await second.finish()];

      expect([one.status, other.status].sort()).toEqual(["fulfilled", "rejected"]);
      expect([await statusOf(a.id), await statusOf(b.id)]).toEqual([200, 200]);
    }
    const account = await world()
      .mongo.db.collection("accounts")
      .findOne({ _id: actor.id as never });
    expect(account).toMatchObject({ tree: { pendingMove: null } });
  });
});

describe("A folder that is deleted", () => {
  test.each(stops)(
    "while another is moved into it (which stops after %i commands) holds it, or does not: nothing is lost",
    async (before) => {
      const [target, moved] = [await client.makeFolder(newId()), await client.makeFolder(newId())];

      move(first, moved.id, target.id);
      await first.step(before);
      await client.delete(`/api/v1/folders/${target.id}`);
      const result = await first.finish();

      // When the move succeeds, it came before the deletion: then the folder went with the other.
      expect(await statusOf(moved.id)).toBe(result.status === "fulfilled" ? 404 : 200);
      await world().settle();
      const left = await world().mongo.db.collection<Entry>("entries").findOne({ _id: target.id });
      expect(left).toBeNull();
    },
  );

  test.each(stops)(
    "while another is moved out of it (which stops after %i commands) takes it along, or does not",
    async (before) => {
      const outer = await client.makeFolder(newId());
      const inner = await client.makeFolder(newId(), outer.id);

      move(first, inner.id, "root");
      await first.step(before);
      await client.delete(`/api/v1/folders/${outer.id}`);
      const result = await first.finish();
      await world().settle();

      expect(await statusOf(inner.id)).toBe(result.status === "fulfilled" ? 200 : 404);
    },
  );

  test.each(stops)(
    "while another is made in it (which stops after %i commands) leaves none behind",
    async (before) => {
      const outer = await client.makeFolder(newId());
      const { access, folders } = partsOf(first);
      const name = newId();

      first.begin(async () => folders.create(await access.place(actor, outer.id), name));
      await first.step(before);
      await client.delete(`/api/v1/folders/${outer.id}`);
      await first.finish();
      await world().settle();

      const entries = world().mongo.db.collection<Entry>("entries");
      expect(await entries.findOne({ name })).toBeNull();
    },
  );
});
