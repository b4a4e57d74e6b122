import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { needs } from "../../support/needs.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "../shares/people.js";
import { children, mount, mounted, textAt } from "./mounted.js";

const world = useWorld({ trashRetentionMs: 1000 * 3600 });

const at = (path: string) => `${API}/by-path/${path}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("A path through a mount", () => {
  test("leads to what the mount leads to, as it is shown by its id", async () => {
    const all = await mounted(world(), "viewer");
    const { guest } = all;

    expect(await textAt(guest, "Team/inner/a.txt")).toBe("hello");
    expect((await guest.head(at("Team/inner/a.txt"))).headers["content-length"]).toBe("5");
    for (const [path, id] of [
      ["Team/inner/a.txt", `files/${all.file}/metadata`],
      ["Team/inner/", `folders/${all.inner}`],
      ["Team", `folders/${all.folder}`],
    ] as const) {
      const byPath = await guest.get(`${at(path)}?metadata`);
      const byId = await guest.get(`${API}/${id}`);
      expect([byPath.json, byPath.headers["etag"]]).toEqual([byId.json, byId.headers["etag"]]);
    }
    const folder = await guest.get(at("Team"));
    expect([folder.status, folder.json.code]).toEqual([409, "is-folder"]);
    expect((await guest.get(folder.json.links.children)).json.items).toHaveLength(1);
    expect((await guest.get(at("Team/inner/b.txt"))).status).toBe(404);
    expect((await guest.get(at("Team/inner/a.txt/b"))).status).toBe(404);
  });

  test("stores files in the folder of the owner, who pays", async () => {
    const all = await mounted(world(), "editor");
    const before = await all.owner.usage();

    const put = await all.guest.put(`${at("Team/inner/new/b.txt")}?parents`, "12345");
    const again = await all.guest.put(at("Team/inner/a.txt"), "changed");
    const missing = await all.guest.put(at("Team/none/b.txt"), "x");

    expect([put.status, again.status]).toEqual([201, 200]);
    expect(again.json).toMatchObject({ id: all.file, path: "/inner/a.txt" });
    expect([missing.status, missing.json.code]).toEqual([409, "parent-missing"]);
    expect(await textAt(all.owner, "shared/inner/new/b.txt")).toBe("12345");
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("changed");
    await world().settle();
    expect((await all.owner.usage()).bytes).toBe(before.bytes + 5 + 7);
    expect(await all.guest.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("is taken by raw bodies, forms and tus", async () => {
    const all = await mounted(world(), "editor");
    const { guest } = all;
    const query = "path=/Team/inner/deep&parents=true";

    const raw = await guest.put(`${API}/files?name=raw&${query}`, "raw");
    const form = await guest.upload([{ name: "form", bytes: "form" }], `${API}/upload?${query}`);
    const tus = new TusClient({ url: world().url, cookie: guest.cookie });
    const metadata = `filename ${base64("tus")},path ${base64("/Team/inner/deep")}`;
    await tus.begin({ "Upload-Length": "3", "Upload-Metadata": metadata }, Buffer.from("tus"));

    expect([raw.status, form.status]).toEqual([201, 201]);
    for (const name of ["raw", "form", "tus"]) {
      expect(await textAt(all.owner, `shared/inner/deep/${name}`)).toBe(name);
    }
  });

  test("lets a viewer read and nothing else, as by id", async () => {
    const all = await mounted(world(), "viewer");
    const { guest } = all;
    const byId = await guest.put(`${API}/files?name=x&folderId=${all.inner}`, "x");
    const code = [byId.status, byId.json.code];
    expect(code).toEqual([403, "insufficient-role"]);

    for (const answer of [
      await guest.put(at("Team/inner/x"), "x"),
      await guest.put(at("Team/inner/a.txt"), "x"),
      await guest.put(`${at("Team/new/x")}?parents`, "x"),
      await guest.delete(at("Team/inner/a.txt")),
    ]) {
      expect([answer.status, answer.json.code]).toEqual(code);
    }
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("hello");
  });

  test("has the strongest role on the way, also of a share below the mount", async () => {
    const all = await mounted(world(), "viewer");
    await give(all, "editor", all.inner);

    expect((await all.guest.put(at("Team/inner/x"), "x")).status).toBe(201);
    expect((await all.guest.put(at("Team/x"), "x")).status).toBe(403);
  });

  test("of a mounted file reads it, and stores its next version under its own name", async () => {
    const all = await people(world());
    await give(all, "editor", all.file);
    await mount(all.guest, all.file, { name: "note" });

    expect(await textAt(all.guest, "note")).toBe("hello");
    const put = await all.guest.put(at("note"), "changed", { "If-Match": "*" });

    expect([put.status, put.json]).toMatchObject([200, { id: all.file, name: "a.txt" }]);
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("changed");
    const created = await all.guest.put(at("note"), "x", { "If-None-Match": "*" });
    expect(created.status).toBe(412);
    expect((await all.guest.put(`${at("note")}?onConflict=fail`, "x")).status).toBe(409);
    const beside = await all.guest.put(`${at("note")}?onConflict=rename`, "x");
    expect(beside.json).toMatchObject({ path: "/note (2)" });
    expect((await all.guest.put(`${at("note/x")}?parents`, "x")).json.code).toBe("name-taken");
    expect((await all.guest.put(at("note"), "x")).status).toBe(200);
  });

  test("of a mounted file lets a viewer store no version", async () => {
    const all = await people(world());
    await give(all, "viewer", all.file);
    await mount(all.guest, all.file, { name: "note" });

    expect((await all.guest.put(at("note"), "x")).json.code).toBe("insufficient-role");
    expect(await children(all.guest)).toHaveLength(1);
  });

  test("leads on through mounts of others, as far as the reader reaches them by shares", async () => {
    const all = await mounted(world(), "viewer");
    const third = await world().member();
    const { username } = (await third.get(`${API}/me`)).json;
    const own = (await all.guest.makeFolder("own")).id;
    await all.guest.patch(`${API}/mounts/${all.mountId}`, { folderId: own });
    await all.guest.post(`${API}/shares`, { entryId: own, username, role: "viewer" });
    await mount(third, own, { name: "theirs" });
    const read = () => third.get(at("theirs/Team/inner/a.txt"));

    expect((await read()).status).toBe(404);
    const { id } = await give({ ...all, guestName: username }, "viewer");
    expect((await read()).bytes.toString()).toBe("hello");
    await all.owner.delete(`${API}/shares/${id}`);
    expect((await read()).status).toBe(404);
  });
});

describe("DELETE of a path", () => {
  test.each(["Team", "Team/"])("that is a mount removes it alone: %s", async (path) => {
    const all = await mounted(world(), "editor");

    expect((await all.guest.delete(at(path))).status).toBe(204);

    expect(await children(all.guest)).toEqual([]);
    expect((await all.guest.get(`${API}/trash`)).json.items).toEqual([]);
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("hello");
  });

  test("removes a mount whose share has ended, too", async () => {
    const all = await mounted(world(), "viewer");
    await all.owner.delete(`${API}/shares/${all.shareId}`);

    expect((await all.guest.delete(at("Team"))).status).toBe(204);
    expect(await children(all.guest)).toEqual([]);
  });

  test("through a mount deletes what is there, into the trash of its owner", async () => {
    const all = await mounted(world(), "editor");

    expect((await all.guest.delete(at("Team/inner"))).status).toBe(204);

    expect((await all.owner.get(`${API}/trash`)).json.items).toMatchObject([{ id: all.inner }]);
    expect((await all.guest.get(`${API}/trash`)).json.items).toEqual([]);
    expect(await children(all.guest)).toMatchObject([{ kind: "mount" }]);
  });
});

describe("A share that is taken back", () => {
  test("refuses what is written by path from then on", async () => {
    const all = await mounted(world(), "editor");
    expect((await all.guest.put(at("Team/x"), "x")).status).toBe(201);
    await all.owner.delete(`${API}/shares/${all.shareId}`);

    for (const answer of [
      await all.guest.get(at("Team/x")),
      await all.guest.put(at("Team/x"), "y"),
      await all.guest.put(`${at("Team/new/y")}?parents`, "y"),
      await all.guest.put(`${API}/files?name=y&path=/Team&parents=true`, "y"),
      await all.guest.delete(at("Team/x")),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect(await textAt(all.owner, "shared/x")).toBe("x");
    expect(await children(all.owner, all.folder)).toHaveLength(2);
    expect(await children(all.guest)).toMatchObject([{ kind: "mount", target: null }]);
  });
});

const curling = needs("curl");

curling.describe("curl", () => {
  test("uploads, downloads and deletes through a mount", async () => {
    const all = await mounted(world(), "editor");
    const curl = async (...args: string[]) => {
      const options = ["--silent", "--fail", "--cookie", all.guest.cookie];
      const url = `${world().url}${at("Team/inner/c.txt")}`;
      return (await promisify(execFile)("curl", [...options, ...args, url])).stdout;
    };

    await curl("--request", "PUT", "--data-binary", "from curl");

    expect(await curl()).toBe("from curl");
    expect(await textAt(all.owner, "shared/inner/c.txt")).toBe("from curl");
    await curl("--request", "DELETE");
    expect((await all.owner.get(at("shared/inner/c.txt"))).status).toBe(404);
  });
});
