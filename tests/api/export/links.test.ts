import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { LinkUseDoc } from "../../../common/links/uses-repository.js";
import { newId } from "../../../common/platform/ids.js";
import { expiringUrl, LINKS, makeLink, newUse } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";
import { exported, linesOf, makeExport } from "./exported.js";

const world = useWorld();

const links = () => world().mongo.db.collection<LinkDoc>("links");
const uses = () => world().mongo.db.collection<LinkUseDoc>("linkUses");

describe("POST /me/export", () => {
  test("tells of links in every state and of their uses, without tokens and hashes", async () => {
    const [client, stranger] = [await world().member(), await world().member()];
    const foreign = await makeLink(stranger, "root");
    const { id: entryId } = await client.store("a", "a");
    const share = await makeLink(client, entryId, {
      ...{ label: "Plans", password: "three-green-newts", maxDownloads: 5 },
    });
    const url = await expiringUrl(world(), client, entryId);
    await client.delete(`${LINKS}/${share.id}`);
    const use = newUse({ ...url, _id: share.id }, { bytes: 7 });
    await uses().insertMany([use, newUse({ ...url, _id: foreign.id, ownerId: newId() }, {})]);

    const { bytes, contents } = await exported(client, await makeExport(client));

    const [ofUrl, ofShare, ...others] = linesOf(contents, "links");
    expect(others).toEqual([]);
    expect(ofUrl).toMatchObject({ id: url._id, kind: "url", method: "GET", entryId });
    expect(ofShare).toMatchObject({
      ...{ id: share.id, kind: "share", label: "Plans", hasPassword: true, downloads: 0 },
      revokedAt: expect.any(String),
    });
    expect(linesOf(contents, "link-log")).toEqual([
      {
        ...{ id: use._id, linkId: share.id, kind: "download", name: "plan.pdf", bytes: 7 },
        ...{ entryId, client: use.client, sizeBytes: 100, isComplete: false },
        startedAt: use.startedAt.toISOString(),
        lastAt: use.lastAt.toISOString(),
      },
    ]);
    const { passwordHash } = (await links().findOne({ _id: share.id })) as { passwordHash: string };
    for (const secret of [share.url.slice(-22), passwordHash]) {
      expect(contents.get("metadata/links.ndjson")).not.toContain(secret);
    }
    expect(bytes.includes(foreign.id)).toBe(false);
  });

  test("tells of more links and uses than one query finds", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const doc = await links().findOne({ _id: id });
    if (doc === null) throw new Error("There is no link");
    const more = Array.from({ length: 600 }, () => ({ ...doc, _id: newId() }));
    await links().insertMany(more);
    await uses().insertMany(
      more.flatMap((link) => [newUse(link, {}), newUse(link, { startedAt: new Date(0) })]),
    );

    const { status, json } = await client.post("/api/v1/me/export");
    await world().settle();
    expect([201, 202]).toContain(status);
    const { contents } = await exported(client, json);

    const found = linesOf(contents, "links").map((line) => line["id"]);
    expect(found.toSorted()).toEqual([doc, ...more].map(({ _id }) => _id).toSorted());
    const log = linesOf(contents, "link-log");
    expect(log).toHaveLength(1200);
    expect(new Set(log.map((line) => line["id"])).size).toBe(1200);
  });
});
