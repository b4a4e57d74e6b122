import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const AT_ONCE = 8;

const world = useWorld();

/** Contents that differ in every chunk. */
const contents = () => Array.from({ length: AT_ONCE }, () => randomBytes(300_000));

const put = (onConflict: string) => `/api/v1/files?name=same&onConflict=${onConflict}`;

describe("Uploads to one name at once", () => {
  test("are all versions of one file, which shows one of them whole", async () => {
    const client = await world().member();
    const sent = contents();

    const answers = await Promise.all(sent.map((bytes) => client.put(put("version"), bytes)));

    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(7).fill(200),
      201,
    ]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    const { bytes } = await client.get(answers[0]?.json.links.content ?? "");
    expect(sent.some((candidate) => candidate.equals(bytes))).toBe(true);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: AT_ONCE * 300_000, files: 1 });
  });

  test("with onConflict=fail make one file, and are 409 otherwise", async () => {
    const client = await world().member();
    const sent = contents();

    const answers = await Promise.all(sent.map((bytes) => client.put(put("fail"), bytes)));

    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array<number>(7).fill(409),
    ]);
    const winner = answers.findIndex(({ status }) => status === 201);
    const { bytes } = await client.get(answers[winner]?.json.links.content ?? "");
    expect(sent[winner]?.equals(bytes)).toBe(true);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 300_000, reservedBytes: 0, files: 1 });
  });

  test("with onConflict=rename make a file each, every one under a name of its own", async () => {
    const client = await world().member();
    const sent = contents();

    const answers = await Promise.all(sent.map((bytes) => client.put(put("rename"), bytes)));

    expect(answers.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(201));
    expect(new Set(answers.map(({ json }) => json.name)).size).toBe(AT_ONCE);
    for (const [index, { json }] of answers.entries()) {
      const { bytes } = await client.get(json.links.content);
      expect(sent[index]?.equals(bytes)).toBe(true);
    }
  });
});
