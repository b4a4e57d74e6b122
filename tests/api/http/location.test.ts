import { describe, expect, test } from "@jest/globals";
import { useApps } from "./test-app.js";

const serveApp = useApps();

interface Case {
  readonly trustProxyHops?: number;
  readonly publicUrl?: URL;
  readonly fields: readonly string[];
  readonly location: string;
}

const FORWARDED = ["X-Forwarded-Proto: https", "X-Forwarded-Host: files.example"];

/** Serves one route that creates something. @returns What its answer says, by header field. */
async function create({ fields, ...settings }: Omit<Case, "location">, status = 201) {
  const { open } = await serveApp(
    (router) =>
      router.post("/things", (ctx) => {
        ctx.status = status;
        ctx.set("Location", "/things/1");
        ctx.set("Content-Location", "/things/1/metadata");
      }),
    settings,
  );
  const client = await open();
  const head = ["POST /things HTTP/1.1", ...fields, "Connection: close", "Content-Length: 0"];
  const { headers } = await client.send(`${head.join("\r\n")}\r\n\r\n`).closed();
  return headers;
}

describe("The Location of what was created", () => {
  test.each<Case>([
    { fields: ["Host: a.example"], location: "http://a.example/things/1" },
    { fields: ["Host: A.example:8080"], location: "http://a.example:8080/things/1" },
    { fields: ["Host: [::1]:8080"], location: "http://[::1]:8080/things/1" },
    { fields: ["Host: a.example", ...FORWARDED], location: "http://a.example/things/1" },
    {
      trustProxyHops: 1,
      fields: ["Host: web:3000", ...FORWARDED],
      location: "https://files.example/things/1",
    },
    {
      trustProxyHops: 1,
      fields: ["Host: a.example", "X-Forwarded-Proto: https"],
      location: "https://a.example/things/1",
    },
    {
      trustProxyHops: 1,
      fields: ["Host: a.example", "X-Forwarded-Proto: gopher"],
      location: "http://a.example/things/1",
    },
    {
      publicUrl: new URL("https://public.example:8443"),
      fields: ["Host: web:3000", ...FORWARDED],
      location: "https://public.example:8443/things/1",
    },
  ])("is absolute, with the scheme and authority of the request: $fields", async (given) => {
    const headers = await create(given);

    expect(headers["location"]).toBe(given.location);
    expect(headers["content-location"]).toBe("/things/1/metadata");
  });

  test("is relative where the client has no Host to send", async () => {
    expect((await create({ fields: ["Host:"] }))["location"]).toBe("/things/1");
  });

  test("is relative where a proxy of ours says a host that is none", async () => {
    const fields = ["Host: web:3000", "X-Forwarded-Host: user@a.example"];

    expect((await create({ trustProxyHops: 1, fields }))["location"]).toBe("/things/1");
  });

  test("of an answer that created nothing is left alone", async () => {
    expect((await create({ fields: ["Host: a.example"] }, 202))["location"]).toBe("/things/1");
  });
});
