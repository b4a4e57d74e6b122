import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import type { ArchivePageDoc } from "../../../common/archives/archive.js";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { useWorld } from "../../support/use-world.js";
import { Person } from "../factors/person.js";
import { exported, linesOf, makeExport } from "./exported.js";

const world = useWorld({ trashRetentionMs: 30 * 86_400_000 });
const pages = () => world().mongo.db.collection<ArchivePageDoc>("archivePages");

/** Somebody with something of everything. */
async function collector() {
  const person = await Person.register(world());
  const client = person.browser;
  const papers = await client.makeFolder("Papers");
  const put = async (folderId: string, name: string, bytes: string) =>
    (await client.put(`/api/v1/files?folderId=${folderId}&name=${encodeURIComponent(name)}`, bytes))
      .json;
  const letter = await put(papers.id, "größe.txt", "first");
  await put(papers.id, "größe.txt", "second");
  await client.patch(`/api/v1/files/${letter.id}`, {
    tags: ["tax"],
    description: "A letter",
    isFavourite: true,
    properties: { colour: "red" },
  });
  const deleted = await put("root", "deleted.txt", "in the trash");
  await put("root", "deleted.txt", "in the trash again");
  await client.delete(`/api/v1/files/${deleted.id}`);
  const old = await client.makeFolder("Old", papers.id);
  const below = await put(old.id, "below.txt", "below");
  await client.delete(`/api/v1/folders/${old.id}`);
  return { person, client, papers, letter, deleted, old, below };
}

describe("POST /me/export", () => {
  test("gives the files, the trash and earlier versions, each once, with their contents", async () => {
    const { client, papers, letter, deleted, old } = await collector();

    const archive = await makeExport(client);
    const { contents } = await exported(client, archive);

    expect(archive).toMatchObject({ state: "ready", entryCount: 18 });
    const paths = [...contents.keys()];
    const trashed = (id: string) => paths.filter((path) => path.includes(`-${id}/`));
    expect(paths.filter((path) => path.startsWith("files/"))).toEqual([
      `files/${papers.name}/`,
      "files/Papers/größe.txt",
    ]);
    expect(contents.get("files/Papers/größe.txt")).toBe("second");
    expect(trashed(deleted.id).map((path) => contents.get(path))).toEqual(["in the trash again"]);
    expect(trashed(old.id).map((path) => path.split("/").slice(2).join("/"))).toEqual([
      "Old/",
      "Old/below.txt",
    ]);
    const versions = paths.filter((path) => path.startsWith("versions/"));
    expect(versions.map((path) => [path.replace(/[^/]*$/, ""), contents.get(path)]).sort()).toEqual(
      [
        ["versions/Papers/größe.txt/", "first"],
        ["versions/deleted.txt/", "in the trash"],
      ],
    );
    expect(versions.every((path) => /\/\d{4}-[^/:]*-[\w-]{22}\.txt$/.test(path))).toBe(true);
    expect(contents.get("README.txt")).toContain("versions/");
    expect(letter.name).toBe("größe.txt");
  });

  test("tells of each file, folder, version and item of the trash what there is to know", async () => {
    const { client, papers, letter, deleted, old, below } = await collector();

    const { contents } = await exported(client, await makeExport(client));

    expect(linesOf(contents, "files")).toEqual([
      expect.objectContaining({
        id: letter.id,
        folderId: papers.id,
        path: "/Papers/größe.txt",
        archivePath: "files/Papers/größe.txt",
        sizeBytes: 6,
        tags: ["tax"],
        description: "A letter",
        isFavourite: true,
        properties: { colour: "red" },
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        crc32: expect.stringMatching(/^[0-9a-f]{8}$/),
      }),
    ]);
    expect(linesOf(contents, "folders")).toMatchObject([{ id: papers.id, path: "/Papers" }]);
    expect(linesOf(contents, "trash")).toMatchObject([
      { id: old.id, path: "/Papers/Old", itemId: old.id, trashedAt: expect.any(String) },
      { id: below.id, path: "/Papers/Old/below.txt", itemId: old.id, trashedAt: null },
      { id: deleted.id, path: "/deleted.txt", itemId: deleted.id },
    ]);
    const versions = linesOf(contents, "versions");
    const ofLetter = versions.filter(({ fileId }) => fileId === letter.id);
    expect(ofLetter).toMatchObject([
      { isCurrent: true, archivePath: null, isTrashed: false, path: "/Papers/größe.txt" },
      { isCurrent: false, archivePath: expect.any(String) },
    ]);
    expect(versions).toHaveLength(5);
    for (const { archivePath } of versions) {
      if (typeof archivePath === "string") expect(contents.has(archivePath)).toBe(true);
    }
  });

  test("tells of the account, its credentials and its audit log, and has no secret", async () => {
    const { person, client } = await collector();
    const { secret, recoveryCodes } = await person.setUpApp();
    const [code = ""] = recoveryCodes;
    const made = await client.post("/api/v1/api-keys", {
      ...{ name: "backup", scopes: ["files:read"], code },
    });
    await client.post("/api/v1/tokens", {});

    const { bytes, contents } = await exported(client, await makeExport(client));

    const json = (name: string) => JSON.parse(contents.get(`metadata/${name}`) ?? "") as unknown;
    const { username } = person.credentials;
    expect(json("account.json")).toMatchObject({
      username,
      role: "member",
      usage: { files: 3 },
      factors: { totp: { createdAt: expect.any(String) }, passkeys: [] },
    });
    expect(json("credentials.json")).toMatchObject({
      sessions: [{ methods: ["password"] }],
      tokens: [{ id: expect.any(String) }],
      apiKeys: [{ name: "backup", scopes: ["files:read"], expiresAt: null }],
    });
    const actions = linesOf(contents, "audit").map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["account.create", "totp.create"]));
    const { db } = world().mongo;
    const account = await db.collection<AccountDoc>("accounts").findOne({ username });
    const own = { accountId: account?._id ?? "" };
    const credentials = await db.collection<CredentialDoc>("credentials").find(own).toArray();
    expect(credentials).toHaveLength(3);
    const secrets = [
      ...[person.password, secret, made.json.key, made.json.key.slice(-20), ...recoveryCodes],
      ...[account?.passwordHash ?? "", client.cookie.replace(/^[^=]*=/, "").slice(0, 30)],
      ...credentials.map(({ secretHash }) => secretHash),
      ...["argon2", "secretHash", "passwordHash", "sealed"],
    ];
    for (const word of secrets) {
      expect(word.length).toBeGreaterThan(5);
      expect(bytes.includes(word)).toBe(false);
    }
  });

  test("has nothing of another account", async () => {
    const { client, deleted } = await collector();
    const stranger = await world().member();
    await stranger.store("theirs.txt", "their content");
    const { username, id } = (await stranger.get("/api/v1/me")).json;

    const { bytes, contents } = await exported(client, await makeExport(client));

    for (const word of ["theirs.txt", "their content", username, id]) {
      expect(bytes.includes(word)).toBe(false);
    }
    expect([...contents.keys()].some((path) => path.includes(deleted.id))).toBe(true);
    expect((await stranger.get((await makeExport(client)).links.content)).status).toBe(404);
  });

  test("gives any range in both forms, and the same bytes each time", async () => {
    const { client } = await collector();
    await client.store("large", randomBytes(200_000));
    const { links, sizeBytes, tarSizeBytes } = await makeExport(client);

    for (const [type, length] of [
      ["application/zip", sizeBytes],
      ["application/x-tar", tarSizeBytes],
    ] as const) {
      const whole = await client.get(links.content, { Accept: type });
      expect(whole.bytes).toHaveLength(length);
      const pieces: Buffer[] = [];
      for (let at = 0; at < length; at += 7919) {
        const range = { Accept: type, Range: `bytes=${at}-${at + 7918}` };
        pieces.push((await client.get(links.content, range)).bytes);
      }
      expect(Buffer.concat(pieces).equals(whole.bytes)).toBe(true);
    }
  });

  test("keeps what it began with, whatever happens to the account's files", async () => {
    const { client, papers } = await collector();
    const { links } = await makeExport(client);
    const before = await client.get(links.content);

    expect((await client.delete("/api/v1/trash")).status).toBe(204);
    const gone = await client.delete(`/api/v1/folders/${papers.id}?permanent=true`);
    expect(gone.status).toBe(204);
    await world().settle();

    expect((await client.get(links.content)).bytes.equals(before.bytes)).toBe(true);
    const { contents } = await exported(client, await makeExport(client));
    expect([...contents.keys()].filter((path) => !/^metadata|^README/.test(path))).toEqual([]);
  });

  test("counts in no usage, and nothing of it is left when it is deleted", async () => {
    const { client } = await collector();
    const before = await client.usage();
    const { id, links } = await makeExport(client);

    expect(await client.usage()).toEqual(before);
    expect((await client.delete(links.content)).status).toBe(204);
    await world().sweep();

    expect(await pages().countDocuments({ archiveId: id })).toBe(0);
  });

  test("is made of an account that has nothing", async () => {
    const client = await world().member();

    const { contents } = await exported(client, await makeExport(client));

    expect([...contents.keys()]).toEqual([
      "README.txt",
      "metadata/account.json",
      "metadata/credentials.json",
      "metadata/files.ndjson",
      "metadata/folders.ndjson",
      "metadata/mounts.ndjson",
      "metadata/trash.ndjson",
      "metadata/versions.ndjson",
      "metadata/audit.ndjson",
      "metadata/links.ndjson",
      "metadata/link-log.ndjson",
    ]);
    expect(contents.get("metadata/files.ndjson")).toBe("");
  });
});
