import { describe, expect, test } from "@jest/globals";
import { useApps } from "./test-app.js";

const serveApp = useApps();

describe("That browsers use TLS alone", () => {
  test.each([
    ["https://files.example", "max-age=31536000"],
    ["http://files.example", null],
  ])("is said where PUBLIC_URL is %s: %s", async (publicUrl, field) => {
    const { url } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = {})), {
      publicUrl: new URL(publicUrl),
    });

    for (const path of ["/", "/nothing"]) {
      const { headers } = await fetch(url.replace(/\/$/, "") + path);
      expect(headers.get("strict-transport-security")).toBe(field);
    }
  });

  test("is not said without PUBLIC_URL, even if the request came over TLS", async () => {
    const { url } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = {})), {
      trustProxyHops: 1,
    });

    const { headers } = await fetch(url, { headers: { "x-forwarded-proto": "https" } });

    expect(headers.get("strict-transport-security")).toBeNull();
  });
});
