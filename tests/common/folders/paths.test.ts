import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Db } from "mongodb";
import type { AccountActor } from "../../../common/access/actor.js";
import type { Place } from "../../../common/access/grants.js";
import { Access } from "../../../common/access/service.js";
import type { Entry } from "../../../common/entries/entry.js";
import { EntryListing } from "../../../common/entries/listing.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { TreeRepository } from "../../../common/entries/tree-repository.js";
import { FolderPaths } from "../../../common/folders/paths.js";
import { Folders } from "../../../common/folders/service.js";
import { NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { SteppingProcess } from "../../support/stepping-process.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const world = useWorld();

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

function partsOf(db: Db) {
  const entries = new EntriesRepository(db);
  const access = new Access({ entries });
  const tree = new TreeRepository(db);
  const now = () => new Date();
  const folders = new Folders({ entries, tree, listing: new EntryListing(db), now });
  return { access, paths: new FolderPaths({ access, folders }) };
}

const begin = (process: SteppingProcess, names: readonly string[]) => {
  process.begin(() => partsOf(process.db).paths.place(actor, { names, areMade: true }));
};

const live = (name: string) =>
  world()
    .mongo.db.collection<Entry>("entries")
    .find({ ownerId: actor.id, name, isTrashed: false })
    .toArray();

/** More than making or following such a path takes. */
const stops = Array.from({ length: 12 }, (_, n) => n);

describe("Two requests that make the same path", () => {
  test.each(stops)(
    "get the same folders when the first stops after %i commands",
    async (before) => {
      for (const between of [1, 3, 5, 7, 20]) {
        const names = [newId(), newId(), newId()];

        begin(first, names);
        begin(second, names);
        await first.step(before);
        await second.step(between);
        const results = [await first.finish(), await second.finish()];

        const places = results.map((result) =>
          result.status === "fulfilled" ? (result.value as Place) : undefined,
        );
        expect(places[0]?.folderId).toBeDefined();
        expect(places[1]?.folderId).toBe(places[0]?.folderId);
        expect(places.map((place) => place?.path)).toEqual(Array(2).fill(`/${names.join("/")}`));
        for (const name of names) expect(await live(name)).toHaveLength(1);
      }
    },
  );
});

describe("A path that is made while its beginning is deleted", () => {
  test.each(stops)("leaves nothing that nobody can reach (after %i commands)", async (before) => {
    const outer = await client.makeFolder(newId());
    const names = [outer.name, newId(), newId()];

    begin(first, names);
    await first.step(before);
    await client.delete(`/api/v1/folders/${outer.id}`);
    const result = await first.finish();
    await world().settle();

    const path = `/api/v1/by-path/${names.join("/")}?metadata`;
    const isThere = (await client.get(path)).status === 200;
    const [deepest] = names.slice(-1);
    expect((await live(deepest ?? "")).length).toBe(isThere ? 1 : 0);
    if (result.status === "rejected") expect(result.reason).toBeInstanceOf(NotFoundError);
  });
});

describe("A path that is followed while its folders move", () => {
  test.each(stops)(
    "leads to nothing that never had the path, when it stops after %i commands",
    async (before) => {
      const [a, elsewhere] = [await client.makeFolder(newId()), await client.makeFolder(newId())];
      const name = newId();

      first.begin(() => partsOf(first.db).access.entryAt(actor, [a.name, name], "read"));
      await first.step(before);
      await client.patch(`/api/v1/folders/${a.id}`, { parentId: elsewhere.id });
      await client.makeFolder(name, a.id);
      const result = await first.finish();

      expect(result).toMatchObject({ status: "rejected", reason: expect.any(NotFoundError) });
    },
  );

  test.each(stops)(
    "leads to what has it all the time, when it stops after %i commands",
    async (before) => {
      const [a, name] = [await client.makeFolder(newId()), newId()];
      const inner = await client.makeFolder(name, a.id);

      first.begin(() => partsOf(first.db).access.entryAt(actor, [a.name, name], "read"));
      await first.step(before);
      await client.patch(`/api/v1/folders/${a.id}`, { tags: ["other"] });
      const result = await first.finish();

      expect(result).toMatchObject({ status: "fulfilled", value: { entry: { _id: inner.id } } });
    },
  );
});

test("A path is followed with one query for each name, and one more", async () => {
  const names = Array.from({ length: 10 }, () => newId());
  await world().services.folderPaths.place(actor, { names, areMade: true });
  const watched = watchCommands(world(), "find");
  try {
    const { path } = await partsOf(watched.db).access.entryAt(actor, names, "read");

    expect(path).toBe(`/${names.join("/")}`);
    expect(watched.commands).toHaveLength(names.length + 1);
  } finally {
    await watched.close();
  }
});
