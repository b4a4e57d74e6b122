import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { FileJson, Json } from "../../support/answer-json.js";
import { newKey } from "../../support/blobs.js";
import { EICAR, EICAR_NAME, MARKER, MARKER_NAME, useClamd } from "../../support/clamd.js";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { findSevenZip } from "../../support/programs.js";
import { useWorld } from "../../support/use-world.js";

const clamd = useClamd();
const world = useWorld({ clamdUrl: clamd.unix, encryptionKeys: [newKey("k1")] });

const QUARANTINE = "/api/v1/admin/quarantine";

const metadataOf = async (client: Client, { id }: { id: string }): Promise<Json> =>
  (await client.get(`/api/v1/files/${id}/metadata`)).json;

async function store(client: Client, name: string, content: Buffer | string): Promise<FileJson> {
  await client.put(`/api/v1/files?name=${name}&onConflict=version`, content);
  await world().settle();
  return (await client.get(`/api/v1/by-path/${name}?metadata`)).json;
}

/** Somebody with a virus, and an admin. */
async function infected(content: Buffer | string = EICAR) {
  const owner = await world().member();
  const file = await store(owner, "a.com", content);
  return { owner, file, admin: await world().person("admin") };
}

const actionsOf = async (client: Client) => {
  const { items } = (await client.get("/api/v1/me/audit?limit=100")).json;
  return items.map((item) => ("action" in item ? item.action : null));
};

/** What 7-Zip finds in an archive that it opens with the password. */
async function opened(zip: Buffer, name: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "stowage-zip-"));
  try {
    await writeFile(join(folder, "a.zip"), zip);
    const program = findSevenZip() ?? "7z";
    execFileSync(program, ["t", "-pinfected", "a.zip"], { cwd: folder });
    execFileSync(program, ["x", "-pinfected", "a.zip"], { cwd: folder });
    return await readFile(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const { describe, test } = needs("clamd", "7-Zip");

describe("GET /admin/quarantine", () => {
  test("lists what was found, the latest first, page by page", async () => {
    const { owner, file, admin } = await infected();
    const second = await store(owner, "b.bin", MARKER);

    const first = (await admin.get(`${QUARANTINE}?limit=1`)).json;
    const next = (await admin.get(`${QUARANTINE}?limit=1&cursor=${String(first.nextCursor)}`)).json;

    expect(first.items).toMatchObject([{ fileId: second.id, signature: MARKER_NAME }]);
    expect(next.items).toMatchObject([
      {
        ...{ id: file.versionId, fileId: file.id, name: "a.com" },
        ...{ sizeBytes: 68, sha256: file.sha256, reason: EICAR_NAME, signature: EICAR_NAME },
      },
    ]);
    expect((await owner.get(QUARANTINE)).status).toBe(403);
  });
});

describe("GET /admin/quarantine/{id}/content", () => {
  test.each([
    ["a small file", Buffer.from(EICAR)],
    ["many frames", Buffer.concat([randomBytes(3_000_001), Buffer.from(MARKER)])],
  ])("sends %s as an encrypted ZIP file, which 7-Zip opens", async (_, content) => {
    const { file, admin } = await infected(content);

    const answer = await admin.get(`${QUARANTINE}/${file.versionId}/content`);

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "application/zip",
      "content-length": String(answer.bytes.length),
      "content-disposition": expect.stringContaining("attachment"),
    });
    expect(answer.bytes.includes(content.subarray(-20))).toBe(false);
    expect(sha256(await opened(answer.bytes, "a.com"))).toBe(file.sha256);
  });

  test("is not for others, and is in the audit log", async () => {
    const { owner, file, admin } = await infected();
    const path = `${QUARANTINE}/${file.versionId}/content`;

    expect((await owner.get(path)).status).toBe(403);
    expect((await admin.get(`${QUARANTINE}/${file.id}/content`)).status).toBe(404);
    await admin.get(path);

    expect(await actionsOf(owner)).toContain("quarantine.download");
  });
});

describe("POST /admin/quarantine/{id}/release", () => {
  test("lets the owner have the content again, and its copies, and a rescan leaves it so", async () => {
    const owner = await world().member();
    const file = await owner.store("a.com", EICAR);
    const copy = (await owner.post(`/api/v1/files/${file.id}/copy`, { name: "b.com" })).json;
    await world().settle();
    const admin = await world().person("admin");

    const { status } = await admin.post(`${QUARANTINE}/${file.versionId}/release`);
    await world().settle();
    const again = await admin.post(`${QUARANTINE}/${file.versionId}/release`);
    await owner.post(`/api/v1/files/${file.id}/pipeline`);
    await world().settle();

    expect([status, again.status]).toEqual([204, 404]);
    for (const each of [file, copy]) {
      const { state, pipeline } = await metadataOf(owner, each);
      expect(state).toBe("ready");
      expect(pipeline[1]).toMatchObject({
        outcome: "done",
        reason: `released by an admin: ${EICAR_NAME}`,
      });
      expect((await owner.get(`/api/v1/files/${each.id}`)).bytes.toString()).toBe(EICAR);
    }
    expect(await actionsOf(owner)).toContain("quarantine.release");
    const third = await owner.post(`/api/v1/files/${file.id}/copy`, { name: "c.com" });
    expect(third.status).toBe(201);
  });
});

describe("DELETE /admin/quarantine/{id}", () => {
  test("removes a file that shows nothing else, for good", async () => {
    const { owner, file, admin } = await infected();

    const { status } = await admin.delete(`${QUARANTINE}/${file.versionId}`);
    await world().settle();

    expect(status).toBe(204);
    expect((await owner.get(`/api/v1/files/${file.id}/metadata`)).status).toBe(404);
    expect((await owner.get("/api/v1/trash")).json.items).toEqual([]);
    expect((await owner.get("/api/v1/me")).json.usage).toMatchObject({ bytes: 0, files: 0 });
    expect((await admin.delete(`${QUARANTINE}/${file.versionId}`)).status).toBe(404);
    expect(await actionsOf(owner)).toContain("quarantine.delete");
  });

  test("has a file show what it has shown before", async () => {
    const owner = await world().member();
    await store(owner, "a.com", "harmless");
    const file = await store(owner, "a.com", EICAR);
    const admin = await world().person("admin");

    const { status } = await admin.delete(`${QUARANTINE}/${file.versionId}`);
    await world().settle();

    expect(status).toBe(204);
    expect(await metadataOf(owner, file)).toMatchObject({ state: "ready" });
    expect((await owner.get(`/api/v1/files/${file.id}`)).bytes.toString()).toBe("harmless");
    const { items } = (await owner.get(`/api/v1/files/${file.id}/versions`)).json;
    expect(items.map(({ id }) => id)).not.toContain(file.versionId);
  });

  test("removes an earlier version alone", async () => {
    const { owner, file, admin } = await infected();
    await store(owner, "a.com", "harmless");

    expect((await admin.delete(`${QUARANTINE}/${file.versionId}`)).status).toBe(204);
    await world().settle();

    const { items } = (await owner.get(`/api/v1/files/${file.id}/versions`)).json;
    expect(items).toHaveLength(1);
  });
});
