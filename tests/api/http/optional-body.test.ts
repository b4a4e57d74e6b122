import { describe, expect, test } from "@jest/globals";
import type { FileJson } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

/** Chunked, and over before the first chunk. */
const NO_CHUNKS = { body: ReadableStream.from([]), duplex: "half" };

const JSON_TYPE = { "Content-Type": "application/json" };

/** Requests whose body is empty, each in its own way. */
const EMPTY: [string, object][] = [
  ["of the length 0, without a type", {}],
  ["of the length 0, of JSON", { headers: JSON_TYPE }],
  ["of the length 0, of text", { headers: { "Content-Type": "text/plain" } }],
  ["without chunks", { ...NO_CHUNKS, headers: JSON_TYPE }],
];

describe("Where all fields of a body are optional, no body is as good as {}", () => {
  test.each(EMPTY)("when it is %s", async (_, init) => {
    const client = await world().member();
    const file = await client.store("a.txt", "content");
    await client.delete(file.links.content);

    const response = await fetch(`${world().url}/api/v1/trash/${file.id}/restore`, {
      method: "POST",
      ...init,
      headers: { ...(init as { headers?: object }).headers, Cookie: client.cookie },
    });

    expect(response.status).toBe(200);
    expect(((await response.json()) as FileJson).path).toBe("/a.txt");
  });

  test("when there is no sign of one", async () => {
    const client = await world().member();
    const file = await client.store("a.txt", "content");
    const folder = await client.makeFolder("folder");

    const copy = await client.post(`/api/v1/files/${file.id}/copy`);
    const job = await client.post(`/api/v1/folders/${folder.id}/copy`);
    const deletion = await client.send("DELETE", "/api/v1/me");

    expect(copy.json.name).toBe("a (2).txt");
    expect(job.status).toBe(202);
    expect([deletion.status, deletion.json.code]).toEqual([400, "invalid-request"]);
  });
});

describe("No body is refused", () => {
  test("where a field of it is required", async () => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/folders", undefined, JSON_TYPE);

    expect([status, json.code]).toEqual([400, "malformed-body"]);
  });

  test("where one of two fields is", async () => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/archives", undefined, JSON_TYPE);

    expect([status, json.code]).toEqual([400, "malformed-body"]);
  });

  test("in a change", async () => {
    const client = await world().member();
    const { links } = await client.makeFolder("folder");

    const response = await fetch(world().url + links.metadata, {
      method: "PATCH",
      headers: { ...JSON_TYPE, Cookie: client.cookie },
    });

    expect(response.status).toBe(400);
  });
});
