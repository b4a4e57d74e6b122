import { describe, expect, test } from "@jest/globals";
import type { Answer, Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const postFolder = (client: Client, name: string) => client.post("/api/v1/folders", { name });

const putFile = (client: Client, name: string, onConflict: string) =>
  client.put(`/api/v1/files?name=${name}&onConflict=${onConflict}`, "content");

const children = async (client: Client) =>
  (await client.get("/api/v1/folders/root/children?sort=name")).json.items;

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

describe("One name for a file and a folder", () => {
  test("is taken by a file: 409 for a folder", async () => {
    const client = await world().member();
    await client.store("a", "content");

    const { status, json } = await postFolder(client, "a");

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: "name-taken", name: "a" });
    expect(await children(client)).toMatchObject([{ kind: "file", name: "a" }]);
  });

  test("is free again when the file is deleted", async () => {
    const client = await world().member();
    const { links } = await client.store("a", "content");
    await client.delete(links.content);

    expect((await postFolder(client, "a")).status).toBe(201);
  });
});

describe("Requests for one name at once", () => {
  const ROUNDS = 10;

  test("make one folder: the others are 409", async () => {
    const client = await world().member();

    for (let round = 0; round < ROUNDS; round += 1) {
      const names = Array.from({ length: 5 }, () => `a${round}`);
      const answers = await Promise.all(names.map((name) => postFolder(client, name)));
      expect(statuses(answers)).toEqual([201, 409, 409, 409, 409]);
    }

    expect(await children(client)).toHaveLength(ROUNDS);
  });

  test.each(["fail", "version"])(
    "make a folder or a file with onConflict=%s, never both: one is 201, the other 409",
    async (onConflict) => {
      const client = await world().member();

      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await Promise.all([
          putFile(client, `a${round}`, onConflict),
          postFolder(client, `a${round}`),
        ]);
        expect(statuses(answers)).toEqual([201, 409]);
      }

      expect(await children(client)).toHaveLength(ROUNDS);
    },
  );

  test("make both with onConflict=rename, under two names, unless the file was first", async () => {
    const client = await world().member();

    for (let round = 0; round < ROUNDS; round += 1) {
      const [file, folder] = await Promise.all([
        putFile(client, `a${round}`, "rename"),
        postFolder(client, `a${round}`),
      ]);
      expect([file.status, file.json.name, folder.status]).toEqual(
        folder.status === 201 ? [201, `a${round} (2)`, 201] : [201, `a${round}`, 409],
      );
    }
  });
});
