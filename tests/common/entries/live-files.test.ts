import { describe, expect, test } from "@jest/globals";
import type { Filter } from "mongodb";
import type { FileEntry } from "../../../common/entries/entry.js";
import { EntriesRepository } from "../../../common/entries/repository.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const world = useWorld();

/** Somebody with a file, and one that was deleted. */
async function owner() {
  const client = await world().member();
  const { id: accountId } = await world().actorOf(client);
  const file = await client.store("kept", "kept");
  const deleted = await client.store("deleted", "deleted");
  await client.delete(deleted.links.content);
  return { accountId, fileId: file.id, deletedId: deleted.id };
}

describe("Files that several owners ask for in the same turn of the event loop", () => {
  test("are found by one command, by each owner only its own, and no deleted one", async () => {
    const [ada, bob] = [await owner(), await owner()];
    const watched = watchCommands(world(), "find");
    const files = new EntriesRepository(watched.db);

    const found = await Promise.all([
      files.findLive(ada.accountId, ada.fileId),
      files.findLive(ada.accountId, bob.fileId),
      files.findLive(bob.accountId, bob.fileId),
      files.findLive(bob.accountId, ada.fileId),
      files.findLive(ada.accountId, ada.deletedId),
      files.findLive(bob.accountId, bob.fileId),
    ]);
    await watched.close();

    expect(found.map((file) => file?._id)).toEqual([
      ada.fileId,
      undefined,
      bob.fileId,
      undefined,
      undefined,
      bob.fileId,
    ]);
    expect(watched.commands).toHaveLength(1);
  });

  test("are found only among the files of the owner who asks", async () => {
    const [ada, bob] = [await owner(), await owner()];
    const watched = watchCommands(world(), "find");
    const files = new EntriesRepository(watched.db);

    await Promise.all([
      files.findLive(ada.accountId, bob.fileId),
      files.findLive(bob.accountId, bob.deletedId),
    ]);
    await watched.close();

    const [filter] = watched.commands.map((command) => command["filter"] as Filter<FileEntry>);
    if (filter === undefined) throw new Error("Nothing was looked for");
    expect(await world().mongo.db.collection<FileEntry>("entries").find(filter).toArray()).toEqual(
      [],
    );
  });
});
