import { afterEach, expect, test } from "@jest/globals";
import { createHash, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { isLong } from "../support/long.js";
import { StreamingClient } from "../support/streaming-client.js";
import { until } from "../support/watched-process.js";
import { Knowledge, restoreAll, TreePerson, walkTree } from "./tree-person.js";

const KILLS = isLong ? 60 : 4;

let deployment: Deployment;

afterEach(() => deployment.close());

/** What was acknowledged, and cannot be read as it was. */
async function lostVersions(client: StreamingClient, { versions }: Knowledge): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, { fileId, sha256 }] of versions) {
    const path = `/api/v1/files/${fileId}/versions/${id}`;
    const response = await client.send({ method: "GET", path });
    const hash = createHash("sha256");
    for await (const piece of response) hash.update(piece as Buffer);
    const isSame = response.statusCode === 200 && hash.digest("hex") === sha256;
    if (!isSame) lost.push(`${id} of ${fileId} is answered ${response.statusCode ?? 0}`);
  }
  return lost;
}

test(
  `Whatever two clients do with their tree while processes are killed ${KILLS} times, it stays a tree, and nothing is lost`,
  async () => {
    deployment = await Deployment.start({ settings: { TRASH_RETENTION_DAYS: "30" } });
    const client = await StreamingClient.register(deployment.url);
    const knowledge = new Knowledge();
    const persons = [1, 2].map(() => new TreePerson(client, knowledge).start());

    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = knowledge.acknowledged;
      await until(() => knowledge.acknowledged > before + 30);
      await sleep(randomInt(100));
      const part = kill % 3 === 2 ? "worker" : "web";
      await deployment.kill(part);
      await deployment.startPart(part);
    }
    await Promise.all(persons.map((person) => person.stop()));
    await deployment.untilReady();
    await restoreAll(client);

    expect(knowledge.faults).toEqual([]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    const files = await walkTree(client);
    const reachable = new Set(files.map(({ id }) => id));
    expect(knowledge.fileIds.filter((id) => !reachable.has(id))).toEqual([]);
    expect(await lostVersions(client, knowledge)).toEqual([]);
    expect(knowledge.versions.size).toBeGreaterThan(10);
  },
  KILLS * 15_000 + 120_000,
);
