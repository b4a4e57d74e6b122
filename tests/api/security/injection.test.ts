import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

const post = (path: string, body: string | Buffer) =>
  world().visitor().post(path, Buffer.from(body), { "Content-Type": "application/json" });

describe("A JSON body", () => {
  test.each<[string, string | Buffer]>([
    ["of operators", '{"username":{"$gt":""},"password":{"$ne":1}}'],
    ["with code", '{"$where":"sleep(5000)","username":"john","password":"seven-purple-owls"}'],
    ["with nested operators", '{"$and":[{"username":{"$regex":".*"}}]}'],
    ["1,000 deep", deep(1000)],
    ["of null", "null"],
    ["of a list", "[]"],
    ["of a number", "1e400"],
    ["of nothing", ""],
    ["that is not JSON", "{username:john}"],
    ["with NaN", '{"username":NaN}'],
    ["in broken UTF-8", Buffer.from('{"username":"\xff"}', "latin1")],
    [
      "with a key that is a prototype",
      '{"__proto__":{"isAdmin":true},"username":"john.1","password":"seven-purple-owls"}',
    ],
    [
      "with a constructor",
      '{"constructor":{"prototype":{}},"username":"john.2","password":"seven-purple-owls"}',
    ],
    ["with a lone surrogate", '{"username":"\\ud800","password":"seven-purple-owls"}'],
  ])("%s is answered 400", async (_, body) => {
    for (const path of ["/api/v1/register", "/api/v1/login"]) {
      const { status, json } = await post(path, body);
      expect([path, status]).toEqual([path, 400]);
      expect(["invalid-request", "malformed-body"]).toContain(json.code);
    }
  });

  test.each([
    ["of many MiB", `{"username":"${"x".repeat(5_000_000)}"}`],
    ["100,000 deep", deep(100_000)],
  ])("%s is answered 413", async (_, body) => {
    const { status, json } = await post("/api/v1/login", body);

    expect(`${status} ${json.code}`).toBe("413 content-too-large");
  });
});
