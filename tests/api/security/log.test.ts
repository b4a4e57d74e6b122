import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FORGED = '\r\n{"level":"info"}\u001b[31m';

describe("The log", () => {
  test("has one line for each request, by its id, with its route and without its name or query", async () => {
    const client = await world().member();
    const { links } = await client.store("private name.txt", "hello");

    const { headers } = await client.get(links.content);
    await client.get("/api/v1/files?name=private");
    await world().settle();

    const lines = world().logs.lines.filter(({ msg }) => msg === "Request");
    const line = lines.find(({ requestId }) => requestId === headers["x-request-id"]);
    expect(line).toMatchObject({ method: "GET", route: "/api/v1/files/:id", status: 200 });
    expect(line?.["bytesOut"]).toBeGreaterThan(5);
    expect(world().logs.text()).not.toContain("private");
  });

  test("cannot be written to by names, agents or usernames", async () => {
    const client = await world().member();
    const before = world().logs.text().split("\n").length;

    await client.put(`/api/v1/files?name=${encodeURIComponent(FORGED)}`, "x");
    await client.post("/api/v1/login", { username: FORGED, password: FORGED });
    await client.get(`/api/v1/files/${encodeURIComponent(FORGED)}`);
    const raw = await world().raw();
    raw.send("GET /api/v1/files HTTP/1.1\r\nHost: a\r\nUser-Agent: a\u001b[31m\r\n\r\n");
    await raw.received(/HTTP/);

    for (const line of world().logs.text().trim().split("\n")) JSON.parse(line);
    expect(world().logs.text().split("\n").length).toBeGreaterThan(before);
    for (const character of ["\u001b", "\r"]) expect(world().logs.text()).not.toContain(character);
    expect(world().logs.text()).not.toContain('{"level":"info"}');
  });

  test("gives every answer an id of its own, whatever the client asks for", async () => {
    const client = await world().member();

    const ids = [];
    for (const headers of [{}, { "X-Request-Id": "forged" }, {}]) {
      ids.push((await client.get("/api/v1/me", headers)).headers["x-request-id"]);
    }

    expect(new Set(ids).size).toBe(3);
  });
});
