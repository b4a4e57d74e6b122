import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { isLong } from "../../support/long.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { SteppingProcess } from "../../support/stepping-process.js";
import { useWorld } from "../../support/use-world.js";
import { collectionsOf, expectExact, marksOf, partsOf, person } from "./purge-books.js";

const world = useWorld();
const { signal } = new AbortController();

/** More than the purge of a file with two versions sends. */
const MOST_COMMANDS = 34;
/** Which of the pairs of commands between which two purges stop are tried. */
const EVERY = isLong ? 1 : 15;
const stops = Array.from({ length: MOST_COMMANDS + 1 }, (_, n) => n);

const pairs = stops.flatMap((before) =>
  stops.filter((n) => n % EVERY === before % EVERY).map((between) => [before, between] as const),
);

/** A file that was deleted, after its older version was. */
async function deletedFile(client: Client, name: string) {
  const { id: fileId, links } = await client.store(name, "1");
  const older = await collectionsOf(world()).versions.findOne({ fileId });
  await client.store(name, "two");
  await client.delete(`/api/v1/files/${fileId}/versions/${older?._id}`);
  await client.delete(links.content);
  return { fileId, versionId: String(older?._id) };
}

describe("Usage is exact", () => {
  let first: SteppingProcess;
  let second: SteppingProcess;

  beforeAll(async () => {
    first = await SteppingProcess.start(world());
    second = await SteppingProcess.start(world());
  });

  afterAll(() => Promise.all([first.close(), second.close()]));

  type Deleted = Awaited<ReturnType<typeof deletedFile>> & { readonly ownerId: Id };

  const PURGES = {
    file: ({ filePurge }: ReturnType<typeof partsOf>, target: Deleted) =>
      filePurge.run(target, signal),
    version: ({ filePurge }: ReturnType<typeof partsOf>, target: Deleted) =>
      filePurge.runVersion(target, signal),
  };

  /** What crossing purges leave to each other, a later one removes. */
  async function purgeRest({ ownerId, fileId }: Deleted): Promise<void> {
    const { filePurge } = partsOf(world().mongo.db);
    await filePurge.run({ ownerId, fileId }, signal);
    expect(await collectionsOf(world()).entries.findOne({ _id: fileId })).toBeNull();
    expect(await collectionsOf(world()).versions.findOne({ fileId })).toBeNull();
  }

  test.each([
    ["file", "file"],
    ["version", "version"],
    ["file", "version"],
    ["version", "file"],
  ] as const)(
    "wherever the purge of a %s and that of the same %s cross",
    async (one, other) => {
      const { client, ownerId } = await person(world());
      for (const [before, between] of pairs) {
        const target = { ownerId, ...(await deletedFile(client, newId())) };

        first.begin(() => PURGES[one](partsOf(first.db), target));
        second.begin(() => PURGES[other](partsOf(second.db), target));
        await first.step(before);
        await second.step(between);
        const isFirst = (before + between) % 2 === 0;
        for (const process of isFirst ? [first, second] : [second, first])
          expect((await process.finish()).status).toBe("fulfilled");

        await expectExact(world(), ownerId);
        await purgeRest(target);
        await expectExact(world(), ownerId);
      }
    },
    isLong ? 3_600_000 : 120_000,
  );

  test("when a purge dies after any number of commands and is repeated, and the reconcile leaves no mark", async () => {
    const { client, ownerId } = await person(world());
    const dying = async (before: number) => {
      const { fileId } = await deletedFile(client, newId());
      const process = await MortalProcess.start(world(), before);
      const { filePurge } = process.product;
      await process.run(() => filePurge.run({ ownerId, fileId }, signal));
      await purgeRest({ ownerId, fileId, versionId: "" });
      await expectExact(world(), ownerId);
    };
    for (const before of stops) await dying(before);

    expect(await marksOf(world(), ownerId)).toBeGreaterThan(0);
    const inAnHour = () => new Date(Date.now() + 3_600_000);
    expect(await partsOf(world().mongo.db, inAnHour).reconcile.recompute(signal)).toBe(0);
    expect(await marksOf(world(), ownerId)).toBe(0);
  }, 120_000);

  test("for a reconcile that runs after any number of commands of a purge", async () => {
    const { client, ownerId } = await person(world());
    for (const before of stops) {
      const { fileId } = await deletedFile(client, newId());
      first.begin(() => partsOf(first.db).filePurge.run({ ownerId, fileId }, signal));
      await first.step(before);

      expect(await partsOf(world().mongo.db).reconcile.recompute(signal)).toBe(0);

      await first.finish();
      await expectExact(world(), ownerId);
      expect(await marksOf(world(), ownerId)).toBe(0);
    }
  }, 120_000);
});
