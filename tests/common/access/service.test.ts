import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AccountActor, Right } from "../../../common/access/actor.js";
import { type Scope, SCOPES } from "../../../common/accounts/role.js";
import { InsufficientScopeError } from "../../../common/access/errors.js";
import { Access } from "../../../common/access/service.js";
import type { Entry } from "../../../common/entries/entry.js";
import { NotFoundError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const access = () => world().services.access;

/** An account with two folders at the top, `inside` with a folder and a file in it, and `outside` with a file. */
interface Tree {
  readonly actor: AccountActor;
  readonly inside: string;
  readonly deep: string;
  readonly file: string;
  readonly outside: string;
  readonly outsideFile: string;
}

let tree: Tree;

beforeAll(async () => {
  const client = await world().member();
  const put = async (folderId: string) =>
    (await client.put(`/api/v1/files?name=file&folderId=${folderId}`, "content")).json.id;
  const inside = (await client.makeFolder("inside")).id;
  const deep = (await client.makeFolder("deep", inside)).id;
  const outside = (await client.makeFolder("outside")).id;
  const [file, outsideFile] = [await put(deep), await put(outside)];
  tree = { actor: await world().actorOf(client), inside, deep, file, outside, outsideFile };
});

/** The tree's actor with another credential. */
const narrowed = (
  changes: Partial<Pick<AccountActor, "scopes" | "rootFolderId">>,
): AccountActor => ({
  ...tree.actor,
  ...changes,
});

const without = (scope: Scope) =>
  narrowed({ scopes: new Set(SCOPES.filter((other) => other !== scope)) });

describe("Access gives out", () => {
  test("a file, for one right", async () => {
    const { actor, file, deep } = tree;

    expect(await access().file(actor, file, "delete")).toMatchObject({
      entry: { _id: file, kind: "file", parentId: deep },
      right: "delete",
      actorId: actor.id,
    });
  });

  test("a folder, and the root by its id or as root", async () => {
    const { actor, inside } = tree;
    const { rootFolderId, ownerId } = actor.home;

    const { entry: folder } = await access().folder(actor, inside, "read");
    expect(folder).toMatchObject({ name: "inside", parentId: rootFolderId });
    for (const id of ["root", rootFolderId]) {
      const { entry } = await access().folder(actor, id, "read");
      expect(entry).toEqual({ kind: "folder", _id: rootFolderId, ownerId, parentId: null });
    }
  });

  test("a place, with its owner, its actor, and what the owner may store", async () => {
    const { actor, deep, inside } = tree;
    const { ownerId, rootFolderId, limitBytes } = actor.home;

    expect(await access().place(actor, deep)).toEqual({
      ownerId,
      rootFolderId,
      versionRules: null,
      folderId: deep,
      above: [expect.objectContaining({ _id: deep }), expect.objectContaining({ _id: inside })],
      path: "/inside/deep",
      actorId: actor.id,
      limitBytes,
    });
  });

  test("the root as a place without any query", async () => {
    const fail = () => Promise.reject(new Error("A query"));
    const unconnected = new Access({
      entries: { findLive: fail, findLiveByName: fail, foldersAbove: fail },
    });

    expect(await unconnected.place(tree.actor, "root")).toMatchObject({
      folderId: tree.actor.home.rootFolderId,
    });
  });
});

describe("Access refuses", () => {
  test("what does not exist, and what is of the other kind: NotFoundError", async () => {
    const { actor, file, inside } = tree;

    for (const [fileId, folderId] of [
      [newId(), newId()],
      [inside, file],
    ] as const) {
      await expect(access().file(actor, fileId, "read")).rejects.toThrow(NotFoundError);
      await expect(access().folder(actor, folderId, "read")).rejects.toThrow(NotFoundError);
      await expect(access().place(actor, folderId)).rejects.toThrow(NotFoundError);
    }
  });

  test("what belongs to another account, and its root: NotFoundError", async () => {
    const other = await world().actorOf(await world().member());

    await expect(access().file(other, tree.file, "read")).rejects.toThrow(NotFoundError);
    for (const id of [tree.inside, tree.actor.home.rootFolderId]) {
      await expect(access().folder(other, id, "read")).rejects.toThrow(NotFoundError);
      await expect(access().place(other, id)).rejects.toThrow(NotFoundError);
    }
  });

  test.each<[Right, Scope]>([
    ["read", "files:read"],
    ["write", "files:write"],
    ["delete", "files:delete"],
    ["share", "links:write"],
  ])("the right %s to a credential without %s: InsufficientScopeError", async (right, scope) => {
    const actor = without(scope);

    for (const id of [tree.file, newId()]) {
      const given = access().file(actor, id, right);
      await expect(given).rejects.toThrow(InsufficientScopeError);
      await expect(given).rejects.toMatchObject({ facts: { scope } });
    }
    const folder = access().folder(actor, tree.inside, right);
    await expect(folder).rejects.toThrow(InsufficientScopeError);
    const other = right === "read" ? "write" : "read";
    expect((await access().file(actor, tree.file, other)).right).toBe(other);
  });

  test("a place to a credential without files:write: InsufficientScopeError", async () => {
    const place = access().place(without("files:write"), "root");

    await expect(place).rejects.toThrow(InsufficientScopeError);
  });
});

describe("A credential with a root folder", () => {
  const within = () => narrowed({ rootFolderId: tree.inside });

  test("reaches that folder, as root too, and what lies below it", async () => {
    const { inside, deep, file } = tree;

    for (const [id, found] of [
      ["root", inside],
      [inside, inside],
      [deep, deep],
    ] as const) {
      expect((await access().folder(within(), id, "read")).entry._id).toBe(found);
      expect((await access().place(within(), id)).folderId).toBe(found);
    }
    expect((await access().file(within(), file, "read")).entry._id).toBe(file);
  });

  test("reaches nothing else, nor the account's root: NotFoundError", async () => {
    const { actor, outside, outsideFile } = tree;

    await expect(access().file(within(), outsideFile, "read")).rejects.toThrow(NotFoundError);
    for (const id of [outside, actor.home.rootFolderId]) {
      await expect(access().folder(within(), id, "read")).rejects.toThrow(NotFoundError);
      await expect(access().place(within(), id)).rejects.toThrow(NotFoundError);
    }
  });

  test("that does not exist reaches nothing: NotFoundError", async () => {
    const actor = narrowed({ rootFolderId: newId() });

    await expect(access().folder(actor, "root", "read")).rejects.toThrow(NotFoundError);
    await expect(access().file(actor, tree.file, "read")).rejects.toThrow(NotFoundError);
  });

  test("ends its walk up after 64 folders, even in a circle", async () => {
    const entries = world().mongo.db.collection<Entry>("entries");
    const folder = await entries.findOne({ _id: tree.outside });
    if (folder === null) throw new Error("There is no such folder");
    const [first, second] = [newId(), newId()];
    await entries.insertMany([
      { ...folder, _id: first, parentId: second },
      { ...folder, _id: second, parentId: first },
    ]);

    await expect(access().folder(within(), first, "read")).rejects.toThrow(NotFoundError);
  });
});

describe("What an actor writes into another's namespace", () => {
  test("names both: the owner and the actor", async () => {
    const { uploads, folders } = world().services;
    const actor = { ...tree.actor, id: newId() };
    const place = await access().place(actor, tree.outside);
    const both = { ownerId: tree.actor.id, actorId: actor.id };

    const folder = await folders.create(place, "made");
    const upload = await uploads.admit(place, {
      name: "stored",
      claimedType: null,
      expectedBytes: undefined,
      onConflict: "fail",
      condition: null,
      expectsContinue: true,
    });
    const { db } = world().mongo;
    const entered = await db.collection<UploadDoc>("uploads").findOne(both);
    await upload.receive([Buffer.from("content")]);
    const { file } = await upload.publish();

    expect(folder).toMatchObject(both);
    expect(entered).toMatchObject({ name: "stored" });
    expect(file).toMatchObject({ ...both, parentId: tree.outside });
    const version = await db.collection<VersionDoc>("versions").findOne({ _id: file.versionId });
    expect(version).toMatchObject(both);
  });
});
