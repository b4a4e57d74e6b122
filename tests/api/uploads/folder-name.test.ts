import { describe, expect, test } from "@jest/globals";
import { uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const LENGTH = "Content-Length: 100000000";
const CHUNKED = "Transfer-Encoding: chunked";
const AWAITED = "Expect: 100-continue";
const PUT = "PUT /api/v1/files?name=taken";

/** More than is buffered of content whose length is not known. */
const SOME = Buffer.alloc(20_000);

/** A chunk of which only the beginning comes. */
const chunk = Buffer.concat([Buffer.from("5F5E100\r\n"), SOME]);

/** A member with a folder called `taken`. */
async function memberWithFolder() {
  const client = await world().member();
  await client.makeFolder("taken");
  return client;
}

describe("An upload to the name of a folder", () => {
  test.each([
    ["a raw body", [LENGTH], Buffer.alloc(0)],
    ["a raw body that waits for 100 Continue", [LENGTH, AWAITED], Buffer.alloc(0)],
    ["a small one that waits", ["Content-Length: 5", AWAITED], Buffer.alloc(0)],
    ["a raw body of unknown length", [CHUNKED], chunk],
    ["one with a key", [LENGTH, 'Idempotency-Key: "k"'], Buffer.alloc(0)],
  ])("as %s is answered 409 before its bytes have come", async (_, header, bytes) => {
    const client = await memberWithFolder();
    const raw = await world().raw();
    const lines = [`${PUT} HTTP/1.1`, "Host: a", `Cookie: ${client.cookie}`, ...header];

    raw.send(`${lines.join("\r\n")}\r\n\r\n`).send(bytes);
    const answer = await raw.ended();
    raw.socket.destroy();

    expect(answer.status).toBe(409);
    expect(answer.body).toContain('"code":"name-taken"');
    expect(answer.text).not.toContain("100 Continue");
  });

  test("as a resumable upload is not created, whatever its length", async () => {
    const client = await memberWithFolder();
    const named = { "Tus-Resumable": "1.0.0", ...uploadMetadata({ filename: "taken" }) };

    for (const length of [{ "Upload-Length": "5" }, { "Upload-Defer-Length": "1" }]) {
      const fields = { ...named, ...length };
      const { status, json } = await client.post("/api/v1/uploads", undefined, fields);

      expect([status, json.code]).toEqual([409, "name-taken"]);
    }
  });

  test("with onConflict=rename is stored beside it", async () => {
    const client = await memberWithFolder();

    const { status, json } = await client.put("/api/v1/files?name=taken&onConflict=rename", SOME);

    expect([status, json.name]).toEqual([201, "taken (2)"]);
  });
});
