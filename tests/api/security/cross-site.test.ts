import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FOREIGN = ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "x"];

describe("A request with the cookie", () => {
  test.each(FOREIGN)("that changes something for a page of %s is answered 403", async (Origin) => {
    const client = await world().member();
    const { links } = await client.store("a", "hello");

    const answers = [
      await client.put("/api/v1/files?name=b", "x", { Origin }),
      await client.post("/api/v1/upload", Buffer.from(""), {
        Origin,
        "Content-Type": "text/plain",
      }),
      await client.post("/api/v1/logout", undefined, { Origin }),
      await client.delete(links.content, { Origin }),
    ];

    for (const { status, json } of answers) {
      expect(`${status} ${json.code}`).toBe("403 cross-site-request");
    }
    expect((await client.get("/api/v1/files")).json.items).toHaveLength(1);
  });

  test("that a page of this site sends is answered as any other", async () => {
    const client = await world().member();

    const { status } = await client.put("/api/v1/files?name=b", "x", { Origin: world().url });

    expect(status).toBe(201);
  });

  test.each(FOREIGN)("gives no page of %s leave to read an answer", async (Origin) => {
    const client = await world().member();

    const { headers } = await client.get("/api/v1/files", { Origin });
    const preflight = await fetch(`${world().url}/api/v1/files`, {
      method: "OPTIONS",
      headers: { Origin, "Access-Control-Request-Method": "DELETE" },
    });

    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    expect(preflight.headers.get("access-control-allow-methods")).toBeNull();
  });
});
