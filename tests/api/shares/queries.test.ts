import { expect, test } from "@jest/globals";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { openSharedEntries } from "../../../common/shares/open.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";
import { API, give, people } from "./people.js";

const world = useWorld();

test.each<[string, string[]]>([
  ["the owner", ["shares"]],
  ["a manager", ["shares", "shares"]],
])(
  "What %s has shared is found with these queries for shares, for one entry as for several: %j",
  async (who, expected) => {
    const all = await people(world());
    const third = await world().member();
    const { id, username } = (await third.get(`${API}/me`)).json;
    await give(all, "manager");
    const by = who === "the owner" ? all.owner : all.guest;
    const share = { entryId: all.folder, username, role: "viewer" };
    expect((await by.post(`${API}/shares`, share)).status).toBe(201);
    const { db, commands, close } = watchCommands(world(), "find");
    const shared = openSharedEntries({ db, entries: new EntriesRepository(db) });

    for (const ids of [[all.file], [all.file, all.file, all.file]]) {
      commands.length = 0;
      const found = await Promise.all(ids.map((entryId) => shared.find(id, entryId)));

      expect(found.map((one) => one?.role)).toEqual(ids.map(() => "viewer"));
      const asked = commands.map(({ find }) => find);
      expect(asked.filter((collection) => collection === "shares")).toEqual(expected);
    }
    await close();
  },
);
