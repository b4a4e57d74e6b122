import { expect, test } from "@jest/globals";
import { MongoClient } from "mongodb";
import { createFolder, ServerProcess } from "./running-server.js";
import { TestStore } from "./test-store.js";

const WRITERS = 20;

test("A store that is closed keeps the writes that were asked for before, and refuses later ones", async () => {
  const world = await TestStore.create();
  const before = world.store.write(() => "written");

  const closed = world.close();

  await expect(world.store.write(() => undefined)).rejects.toMatchObject({ code: 11600 });
  expect(await before).toBe("written");
  await closed;
  await expect(world.store.write(() => undefined)).rejects.toMatchObject({ code: 11600 });
  world.store.collectGarbage();
});

test("A server that is stopped in the middle of writes ends with 0 and has all that it acknowledged", async () => {
  const { folder, remove } = createFolder();
  const server = new ServerProcess(folder);
  const client = await MongoClient.connect(await server.ready());
  const acknowledged: number[] = [];
  let isEnough: (value?: unknown) => void = () => undefined;
  const enough = new Promise((resolve) => (isEnough = resolve));
  const write = async (writer: number) => {
    for (let n = writer; ; n += WRITERS) {
      await client.db("d").collection<{ _id: number }>("c").insertOne({ _id: n });
      acknowledged.push(n);
      if (acknowledged.length === 500) isEnough();
    }
  };

  const writers = Promise.allSettled(Array.from({ length: WRITERS }, (_, index) => write(index)));
  await enough;
  expect(await server.end()).toBe(0);
  await client.close();
  await writers;

  expect(server.stderr).toBe("");
  const again = new ServerProcess(folder);
  const reader = await MongoClient.connect(await again.ready());
  const stored = await reader.db("d").collection<{ _id: number }>("c").distinct("_id");
  expect(acknowledged.filter((n) => !new Set(stored).has(n))).toEqual([]);
  await reader.close();
  await again.end();
  remove();
});
