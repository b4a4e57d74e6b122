import { once } from "node:events";
import { get } from "node:http";
import { expect, test } from "@jest/globals";
import { whenClosed } from "../../../api/http/when-closed.js";
import { useServers } from "./test-server.js";

const serve = useServers();

test("all who wait for an answer are called once it is over, and are one listener", async () => {
  const called: number[] = [];
  const counts: number[] = [];
  const { url } = await serve((_req, res) => {
    const before = res.listenerCount("close");
    for (let n = 0; n < 3; n += 1) whenClosed(res, () => called.push(n));
    counts.push(res.listenerCount("close") - before);
    res.once("close", () => {
      whenClosed(res, () => called.push(3));
    });
    res.end("bytes");
  });

  const [answer] = (await once(get(url, { agent: false }), "response")) as [NodeJS.ReadableStream];
  answer.resume();
  await once(answer, "close");

  expect(counts).toEqual([1]);
  expect(called).toEqual([0, 1, 2, 3]);
});
