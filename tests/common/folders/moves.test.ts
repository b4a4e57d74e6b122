import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AccountActor } from "../../../common/access/actor.js";
import type { Entry, FileEntry, FolderEntry } from "../../../common/entries/entry.js";
import {
  FolderIntoItselfError,
  FolderTooDeepError,
  InvalidNameError,
  NameTakenError,
} from "../../../common/entries/errors.js";
import { NotFoundError } from "../../../common/platform/errors.js";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

let client: Client;
let actor: AccountActor;

beforeAll(async () => {
  client = await world().member();
  actor = await world().actorOf(client);
});

interface Target {
  readonly into: Id;
  readonly name: string;
  readonly onConflict?: "rename" | "fail";
}

async function moveFolder(id: Id, { into, name, onConflict = "fail" }: Target) {
  const { access, moves } = world().services;
  const place = await access.place(actor, into);
  const find = async () => (await access.subfolder(actor, id, "write")).entry;
  return moves.move<FolderEntry>({ find, place, name, onConflict });
}

async function moveFile(id: Id, { into, name, onConflict = "fail" }: Target) {
  const { access, moves } = world().services;
  const place = await access.place(actor, into);
  const find = async () => (await access.file(actor, id, "write")).entry;
  return moves.move<FileEntry>({ find, place, name, onConflict });
}

const pathOf = async (id: Id) => (await client.get(`/api/v1/folders/${id}`)).json.path;

/** Stores a chain of folders, each in the one before. @returns their ids, from the top. */
async function chain(length: number): Promise<Id[]> {
  const { id } = await client.makeFolder(newId());
  const entries = world().mongo.db.collection<FolderEntry>("entries");
  const top = await entries.findOneAndUpdate({ _id: id }, { $set: { height: length - 1 } });
  if (top === null) throw new Error("There is no such folder");
  const ids = [id, ...Array.from({ length: length - 1 }, newId)];
  const below = ids.slice(1).map((_id, n) => {
    return { ...top, _id, parentId: ids[n] ?? id, height: length - 2 - n };
  });
  await entries.insertMany(below);
  return ids;
}

describe("A folder", () => {
  test("moves with all that it holds, and keeps its id", async () => {
    const [from, to] = [await client.makeFolder("from"), await client.makeFolder("to")];
    const inside = await client.makeFolder("inside", from.id);
    const stored = await client.put(`/api/v1/files?name=a.txt&folderId=${inside.id}`, "content");

    const moved = await moveFolder(from.id, { into: to.id, name: "moved" });

    expect(moved).toMatchObject({ _id: from.id, parentId: to.id, name: "moved" });
    expect(await pathOf(inside.id)).toBe("/to/moved/inside");
    const file = await client.get(stored.json.links.metadata);
    expect(file.json.path).toBe("/to/moved/inside/a.txt");
  });

  test("is renamed where it is, in letter case alone and in NFC alone too", async () => {
    const { id } = await client.makeFolder("Case");

    for (const name of ["case", "cafe\u0301", "caf\u00e9"]) {
      await moveFolder(id, { into: "root", name });
      expect(await pathOf(id)).toBe(`/${name.normalize("NFC")}`);
    }
  });

  test("takes no name that something has; with rename it takes a numbered one", async () => {
    const taken = `taken ${newId()}`;
    await client.store(taken, "a file");
    const { id } = await client.makeFolder(newId());

    const refused = moveFolder(id, { into: "root", name: taken });
    await expect(refused).rejects.toThrow(NameTakenError);
    const moved = await moveFolder(id, { into: "root", name: taken, onConflict: "rename" });

    expect(moved.name).toBe(`${taken} (2)`);
  });

  test("takes no invalid name", async () => {
    const { id } = await client.makeFolder(newId());

    await expect(moveFolder(id, { into: "root", name: "a/b" })).rejects.toThrow(InvalidNameError);
  });

  test("goes neither into itself, nor into a folder that it holds", async () => {
    const [top = "", middle = "", bottom = ""] = await chain(3);

    for (const into of [top, middle, bottom]) {
      const move = moveFolder(top, { into, name: "x" });
      await expect(move).rejects.toThrow(FolderIntoItselfError);
    }
  });

  test("goes no deeper than 64, and what made it high does not count after it is gone", async () => {
    const deep = await chain(62);
    const [high = "", , third = ""] = await chain(3);
    const into = deep.at(-1) ?? "";

    await expect(moveFolder(high, { into, name: "x" })).rejects.toThrow(FolderTooDeepError);
    await client.delete(`/api/v1/folders/${third}`);
    const moved = await moveFolder(high, { into, name: "x" });

    expect(moved.parentId).toBe(into);
  });

  test("does not go into one that was deleted", async () => {
    const [{ id }, target] = [await client.makeFolder(newId()), await client.makeFolder(newId())];
    const { access, moves } = world().services;
    const place = await access.place(actor, target.id);
    await client.delete(`/api/v1/folders/${target.id}`);

    const find = async () => (await access.subfolder(actor, id, "write")).entry;
    const move = moves.move({ find, place, name: "x", onConflict: "fail" });

    await expect(move).rejects.toThrow(NotFoundError);
    expect((await client.get(`/api/v1/folders/${id}`)).status).toBe(200);
  });
});

describe("A file", () => {
  test("moves and is renamed; its content and its ETag stay", async () => {
    const { id: into } = await client.makeFolder(newId());
    const before = await client.store(newId(), "content");

    const moved = await moveFile(before.id, { into, name: "b.txt" });

    expect(moved).toMatchObject({ _id: before.id, parentId: into, name: "b.txt" });
    const after = await client.get(before.links.content);
    expect(after.bytes.toString()).toBe("content");
    expect(after.headers["etag"]).toBe(before.etag);
    expect(after.headers["content-disposition"]).toContain("b.txt");
  });

  test("takes no name that a folder has", async () => {
    const { name } = await client.makeFolder(newId());
    const { id } = await client.store(newId(), "content");

    await expect(moveFile(id, { into: "root", name })).rejects.toThrow(NameTakenError);
  });
});

describe("Many moves at once", () => {
  test("of each folder into each other leave a tree: no folder lies inside itself", async () => {
    const folders = await Promise.all(
      Array.from({ length: 6 }, () => client.makeFolder(`at once ${newId()}`)),
    );
    const pairs = folders.flatMap(({ id, name }) =>
      folders.filter((other) => other.id !== id).map((other) => ({ id, name, into: other.id })),
    );

    const results = await Promise.allSettled(
      pairs.map(({ id, name, into }) => moveFolder(id, { into, name })),
    );

    const refusals = results.filter((result) => result.status === "rejected");
    for (const { reason } of refusals) expect(reason).toBeInstanceOf(FolderIntoItselfError);
    const entries = world().mongo.db.collection<Entry>("entries");
    for (const { id } of folders) expect(await pathOf(id)).toMatch(/^\/at once /);
    const top = { ownerId: actor.id, parentId: actor.home.rootFolderId, kind: "folder" } as const;
    expect(await entries.countDocuments(top)).toBeGreaterThan(0);
  });
});
