import { describe, expect, test } from "@jest/globals";
import { useApps } from "./test-app.js";

const serveApp = useApps();

const THROUGH_PROXY: Record<string, string> = { "X-Forwarded-For": "192.0.2.1" };

async function warningsAfter(
  requests: number,
  { trustProxyHops = 0, headers = THROUGH_PROXY } = {},
) {
  const { url, lines } = await serveApp(
    (router) =>
      router.get("/", (ctx) => {
        ctx.body = "hello";
      }),
    { trustProxyHops },
  );
  for (let n = 0; n < requests; n += 1) await fetch(url, { headers });
  return lines.filter(({ msg }) => String(msg).includes("TRUST_PROXY_HOPS"));
}

describe("A proxy that TRUST_PROXY_HOPS does not count", () => {
  test("is warned of, once", async () => {
    expect(await warningsAfter(50)).toEqual([
      expect.objectContaining({ level: 40, address: "127.0.0.1", requests: 20 }),
    ]);
  });

  test.each([
    ["after a few requests", 19, {}],
    ["where it is counted", 50, { trustProxyHops: 1 }],
    ["where clients come by themselves", 50, { headers: {} }],
  ])("is not warned of %s", async (_, requests, options) => {
    expect(await warningsAfter(requests, options)).toEqual([]);
  });
});
