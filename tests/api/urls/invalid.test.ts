import { beforeAll, describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { Client } from "../../support/client.js";
import { changeLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { type MadeUrl, makeUrl } from "./make.js";

const world = useWorld();
let otherWeb: string;

beforeAll(async () => {
  otherWeb = await world().addWeb();
});

interface Case {
  readonly owner: Client;
  readonly fileId: string;
  readonly folderId: string;
  readonly made: MadeUrl;
}

const change = ({ made }: Case, changes: Partial<LinkDoc>) => changeLink(world(), made, changes);

/** What makes a URL invalid. */
const ENDS: readonly (readonly [string, (one: Case) => Promise<unknown>])[] = [
  [
    "revoked with all of its file",
    ({ owner, fileId }) => owner.delete(`/api/v1/files/${fileId}/urls`),
  ],
  ["revoked alone", (one) => change(one, { revokedAt: new Date() })],
  ["switched off", (one) => change(one, { isEnabled: false })],
  ["whose file is in the trash", ({ owner, fileId }) => owner.delete(`/api/v1/files/${fileId}`)],
  [
    "whose file is removed for good",
    ({ owner, fileId }) => owner.delete(`/api/v1/files/${fileId}?permanent=true`),
  ],
  [
    "whose folder is in the trash",
    ({ owner, folderId }) => owner.delete(`/api/v1/folders/${folderId}`),
  ],
  ["whose owner is disabled", ({ owner }) => world().disable(owner)],
  [
    "whose owner is deleted",
    ({ owner }) => owner.send("DELETE", "/api/v1/me", { password: "seven-purple-owls" }),
  ],
  [
    "whose content is quarantined",
    async ({ fileId }) => {
      await world().settle();
      await world()
        .mongo.db.collection<{ _id: string }>("entries")
        .updateOne({ _id: fileId }, { $set: { state: "quarantined" } });
    },
  ],
];

async function begin(terms: object): Promise<Case> {
  const owner = await world().member();
  const folder = await owner.makeFolder("folder");
  const path = `/api/v1/files?name=a&folderId=${folder.id}`;
  const { id: fileId } = (await owner.put(path, "content")).json;
  return { owner, fileId, folderId: folder.id, made: await makeUrl(owner, fileId, terms) };
}

const NEVER = `/u/${"A".repeat(87)}/a`;

describe.each(["GET", "PUT"] as const)("A URL for %s", (method) => {
  const ask = async (url: string, web: string) => {
    const visitor = world().visitor(web);
    const answer = await (method === "GET" ? visitor.get(url) : visitor.put(url, "next"));
    const problem = answer.json as unknown as Record<string, unknown> | undefined;
    const { requestId, ...body } = problem ?? {};
    const { date, "x-request-id": id, ratelimit, ...headers } = answer.headers;
    return {
      status: answer.status,
      headers,
      body,
      length: [date, id, requestId, ratelimit].length,
    };
  };

  // A PUT replaces what is quarantined.
  const ends = ENDS.filter(([name]) => method === "GET" || !name.includes("quarantined"));

  test.each(ends)(
    "%s is 404 at once on every web process, as one that never was",
    async (_name, end) => {
      const one = await begin({ method });
      const before = await ask(one.made.url, otherWeb);

      await end(one);

      const never = await ask(NEVER, otherWeb);
      expect(before.status).toBe(200);
      expect(never.status).toBe(404);
      expect(await ask(one.made.url, otherWeb)).toEqual(never);
    },
  );

  test("that has expired is 404, as one that never was", async () => {
    const one = await begin({ method, expiresIn: 1 });
    expect((await ask(one.made.url, otherWeb)).status).toBe(200);

    const left = Date.parse(one.made.expiresAt) - Date.now();
    await new Promise((resolve) => setTimeout(resolve, left + 50));

    expect(await ask(one.made.url, otherWeb)).toEqual(await ask(NEVER, otherWeb));
  });

  test("lives on when its file is moved or renamed", async () => {
    const one = await begin({ method });

    await one.owner.patch(`/api/v1/files/${one.fileId}`, { folderId: "root", name: "b" });

    expect((await ask(one.made.url, otherWeb)).status).toBe(200);
  });
});
