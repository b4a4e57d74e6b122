import { describe, expect, test } from "@jest/globals";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const strictWorld = useWorld({ versionsMaxCount: 2 });

type At = ReturnType<typeof world>;

const isInQueue = async ({ redis, config }: At, job: string) =>
  (await redis.keys(`${config.redisPrefix}:*:${job}`)).length > 0;

/** Whether the job was queued that looks at a file's earlier versions. It is queued after the inspection of the last one. */
async function isQueued(at: At, fileId: string): Promise<boolean> {
  const versions = at.mongo.db.collection<VersionDoc>("versions");
  const [last] = await versions.find({ fileId }).sort({ createdAt: -1 }).limit(1).toArray();
  const inspection = `version.process-${last?._id ?? ""}-0`;
  await eventually(() => isInQueue(at, inspection), Boolean);
  return isInQueue(at, `version.expire-${fileId}`);
}

async function replace(client: Client): Promise<string> {
  await client.store("a", "old");
  return (await client.store("a", "new")).id;
}

describe("When a file gets another version, the worker looks at its earlier ones", () => {
  test.each<[string, () => At, object | null]>([
    ["the account has rules", world, { maxCount: 2 }],
    ["the installation has rules", strictWorld, null],
  ])("where %s", async (_, at, versionRules) => {
    const client = await at().member();
    await client.patch("/api/v1/me", { versionRules });

    const id = await replace(client);

    await eventually(() => isQueued(at(), id), Boolean);
  });

  test("also where the content is a copy", async () => {
    const client = await world().member();
    await client.patch("/api/v1/me", { versionRules: { maxCount: 1 } });
    const { id: fileId } = await client.store("b", "old");
    const { id } = await client.store("a", "new");

    await client.post(`/api/v1/files/${id}/copy`, { name: "b", onConflict: "version" });

    await eventually(() => isInQueue(world(), `version.expire-${fileId}`), Boolean);
  });

  test.each<[string, () => At, object | null]>([
    ["nobody has rules", world, null],
    ["the account keeps all, whatever the installation does", strictWorld, {}],
  ])("but not where %s", async (_, at, versionRules) => {
    const client = await at().member();
    await client.patch("/api/v1/me", { versionRules });

    const id = await replace(client);

    expect(await isQueued(at(), id)).toBe(false);
  });
});
