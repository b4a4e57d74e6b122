import { expect, test } from "@jest/globals";
import { World } from "./world.js";

test("A world closes all that is open, also when a step of that fails", async () => {
  const world = await World.start();
  const url = await world.addWeb();
  const upload = await world.raw();
  upload.send("PUT /api/v1/files?name=a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
  await world.redis.quit();

  await expect(world.close()).rejects.toThrow("The world was not closed well");

  expect(upload.socket.destroyed).toBe(true);
  for (const each of [url, world.url]) await expect(fetch(`${each}/healthz`)).rejects.toThrow();
  await expect(world.mongo.client.db().command({ ping: 1 })).rejects.toThrow();
});
