import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { sharedBytes } from "./counting.js";

const world = useWorld();

const STARTED = "http.server.request.start";

test("a download by a link with a password has no more listeners than Node allows without a warning", async () => {
  const { content } = await sharedBytes(world(), { password: "open" }, randomBytes(3_000_000));
  const counts: number[] = [];
  const watch = (message: unknown) => {
    const { response } = message as { readonly response: ServerResponse };
    // It is told of each before it is added.
    response.on("newListener", () => counts.push(response.listenerCount("close") + 1));
  };
  subscribe(STARTED, watch);

  const { status } = await world().visitor().get(content, { "X-Link-Password": "open" });
  unsubscribe(STARTED, watch);

  expect(status).toBe(200);
  expect(Math.max(...counts)).toBeLessThanOrEqual(EventEmitter.defaultMaxListeners);
});
