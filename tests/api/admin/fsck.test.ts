import { beforeAll, describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });
const FSCK = "/api/v1/admin/fsck";
const NEVER = new AbortController().signal;

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

describe("/admin/fsck", () => {
  test("is 404 before the first run", async () => {
    expect((await admin.get(FSCK)).status).toBe(404);
    expect((await admin.get(`${FSCK}/findings`)).status).toBe(404);
  });

  test("has a worker check what is stored, and lists what it finds in pages", async () => {
    const files = world().mongo.db.collection<FileEntry>("entries");
    for (const name of ["a", "b", "c"]) {
      const { id } = await admin.store(name, name);
      await files.updateOne({ _id: id }, { $set: { parentId: newId() } });
    }

    const started = await admin.post(FSCK, { deep: true });
    expect(started).toMatchObject({
      status: 202,
      json: { state: "running", deep: true, repair: false, check: "blobs", checked: 0 },
    });
    const again = await admin.post(FSCK, { repair: true });
    expect(again.json).toMatchObject({ id: started.json.id, repair: false });
    expect((await admin.get(FSCK)).json).toMatchObject({ state: "running" });
    await world().jobs.fsck.run(NEVER);

    const run = (await admin.get(FSCK)).json as unknown as { found: number; checked: number };
    expect(run).toMatchObject({ id: started.json.id, state: "done", found: 3, repaired: 0 });
    expect(run.checked).toBeGreaterThan(6);
    const ids: unknown[] = [];
    for (let next: string | undefined = `${FSCK}/findings?limit=2`; next !== undefined;) {
      const page = await admin.get(next);
      ids.push(...page.json.items.map(({ id }) => id));
      const cursor = (page.json as unknown as { nextCursor: string | null }).nextCursor;
      next = cursor === null ? undefined : `${FSCK}/findings?limit=2&cursor=${cursor}`;
    }
    expect(new Set(ids).size).toBe(3);
  });

  test("is cancelled, and may be cancelled twice", async () => {
    await admin.post(FSCK, {});
    expect((await admin.delete(FSCK)).status).toBe(204);
    expect((await admin.delete(FSCK)).status).toBe(204);
    expect((await admin.get(FSCK)).json).toMatchObject({ state: "cancelled" });
  });

  test("is for admins alone", async () => {
    const member = await world().member();
    for (const method of ["POST", "DELETE"] as const) {
      expect((await member.send(method, FSCK)).status).toBe(403);
    }
    expect((await member.get(`${FSCK}/findings`)).status).toBe(403);
  });
});
