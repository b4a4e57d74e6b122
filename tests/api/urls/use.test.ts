import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { LinkDoc } from "../../../common/links/link.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";
import { makeUrl } from "./make.js";

const world = useWorld();

describe("A URL", () => {
  test("answers HEAD, ranges and conditions as the file does, whatever name is at its end", async () => {
    const owner = await world().member();
    const bytes = randomBytes(300_000);
    const { id, etag } = await owner.store("a.bin", bytes);
    const url = (await makeUrl(owner, id)).url.replace(/[^/]+$/, "other%20name.bin");
    const visitor = world().visitor();

    const head = await visitor.head(url);
    const part = await visitor.get(url, { Range: "bytes=1000-1999" });

    expect([head.status, head.headers["content-length"]]).toEqual([200, "300000"]);
    expect([part.status, part.headers["content-range"]]).toEqual([206, "bytes 1000-1999/300000"]);
    expect(part.bytes).toEqual(bytes.subarray(1000, 2000));
    expect((await visitor.get(url, { "If-None-Match": etag })).status).toBe(304);
    expect((await visitor.get(url, { "If-Match": '"other"' })).status).toBe(412);
    expect((await visitor.get(url, { Range: "bytes=300000-" })).status).toBe(416);
  });

  test("is for its method alone (405)", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");
    const [read, write] = [await makeUrl(owner, id), await makeUrl(owner, id, { method: "PUT" })];
    const visitor = world().visitor();

    const answers = [
      await visitor.put(read.url, "b"),
      await visitor.get(write.url),
      await visitor.head(write.url),
    ];

    expect(answers.map(({ status, headers }) => [status, headers["allow"]])).toEqual([
      [405, "GET, HEAD"],
      [405, "PUT"],
      [405, "PUT"],
    ]);
    expect((await owner.get(`/api/v1/files/${id}`)).bytes.toString()).toBe("a");
  });

  test("opens nothing once a single character of it, or any of its terms in the database, is another", async () => {
    const owner = await world().member();
    const [{ id }, other] = [await owner.store("a", "a"), await owner.store("b", "b")];
    const { id: linkId, url } = await makeUrl(owner, id, { expiresIn: 60 });
    const links = world().mongo.db.collection<LinkDoc>("links");
    const link = await links.findOne({ _id: linkId });
    const visitor = world().visitor();
    const changes = [
      { entryId: other.id },
      { expiresAt: new Date(Date.now() + 1e9) },
      { expiresAt: null },
      { method: "PUT" },
      { versionId: other.versionId },
      { fileName: "c" },
      { disposition: "inline" },
      { ownerId: newId() },
      { actorId: newId() },
    ];

    const statuses = [];
    for (const change of changes) {
      await links.updateOne({ _id: linkId }, { $set: change });
      statuses.push((await visitor.get(url)).status);
      if (link !== null) await links.replaceOne({ _id: linkId }, link);
    }
    for (const at of [5, 40, 70, 85]) {
      const changed = url[at] === "A" ? "B" : "A";
      statuses.push((await visitor.get(url.slice(0, at) + changed + url.slice(at + 1))).status);
    }

    expect(statuses).toEqual(statuses.map(() => 404));
    expect((await visitor.get(url)).status).toBe(200);
  });

  test("may be used from a page of any origin, without cookies", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");
    const { url } = await makeUrl(owner, id, { method: "PUT" });
    const origin = { Origin: "https://app.example" };

    const preflight = await fetch(world().url + url, {
      method: "OPTIONS",
      headers: { ...origin, "Access-Control-Request-Method": "PUT" },
    });
    const stored = await fetch(world().url + url, {
      method: "PUT",
      headers: { ...origin, "Sec-Fetch-Site": "cross-site", Cookie: owner.cookie },
      body: "b",
    });

    expect([preflight.status, stored.status]).toEqual([204, 200]);
    for (const { headers } of [preflight, stored]) {
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  test("is not in our log", async () => {
    const owner = await world().member();
    const { id } = await owner.store("a", "a");
    const { url, id: linkId } = await makeUrl(owner, id);

    await world().visitor().get(url);
    await eventually(
      () => Promise.resolve(world().logs.lines.filter(({ actorId }) => actorId === linkId)),
      (lines) => lines.length === 1,
    );

    expect(world().logs.text()).not.toContain(url.split("/")[2]);
  });
});
