import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { shareLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const NAMES = ["a", "b", "shared", "x.txt"] as const;

/** Where the tree of a run begins, and the folder of the link in it. */
const [ROOT, SHARED] = [0, 1];

interface Node {
  readonly id: string;
  readonly kind: "file" | "folder";
  name: string;
  /** The index of its folder. */
  parent: number;
}

const made = fc.record({
  kind: fc.constantFrom("file" as const, "folder" as const),
  name: fc.constantFrom(...NAMES),
  parent: fc.nat(20),
});

const change = fc.record({ node: fc.nat(20), name: fc.constantFrom(...NAMES), parent: fc.nat(20) });

/** What stands for one name in a path that somebody tries; a number is the id of an entry. */
const segment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<string>(...NAMES) },
  fc.nat(20),
  fc.constantFrom("..", ".", "%2e%2e", "%2E%2e", ".%2e", "", "%2f", "..%2f", "%2f..%2f", "root"),
  fc.constantFrom("..%5c", "\\..", "a%00", "%c0%ae%c0%ae", "..;", "%252e%252e"),
);

const walk = fc.array(segment, { maxLength: 5 });

type Tree = readonly Node[];

const at = (tree: Tree, index: number): Node => tree[index % tree.length] ?? fail();

function fail(): never {
  throw new Error("The tree is empty");
}

/** Whether an entry is in a folder, or the folder itself. */
function isWithin(tree: Tree, index: number, folder: number): boolean {
  if (index === folder) return true;
  return index !== ROOT && isWithin(tree, at(tree, index).parent, folder);
}

/** The names that lead from the folder of the link to an entry in it. */
function pathOf(tree: Tree, index: number): string {
  if (index === SHARED) return "";
  const { parent, name } = at(tree, index);
  return `${pathOf(tree, parent)}/${name}`;
}

const folderOf = (tree: Tree, wanted: number) => {
  const index = wanted % tree.length;
  return at(tree, index).kind === "folder" ? index : ROOT;
};

/** Makes entries, and leaves out those whose names are taken. The content of a file is its place in the tree. */
async function plant(owner: Client, entries: readonly Omit<Node, "id">[]) {
  const shared = await owner.makeFolder(`shared ${newId()}`);
  const root = (await owner.get("/api/v1/folders/root")).json;
  const tree: Node[] = [
    { id: root.id, kind: "folder", name: "", parent: ROOT },
    { id: shared.id, kind: "folder", name: shared.name, parent: ROOT },
  ];
  for (const { kind, name, parent: wanted } of entries) {
    const parent = folderOf(tree, wanted);
    const folderId = at(tree, parent).id;
    const { status, json } =
      kind === "folder"
        ? await owner.post("/api/v1/folders", { name, parentId: folderId })
        : await owner.put(
            `/api/v1/files?folderId=${folderId}&name=${name}&onConflict=fail`,
            String(tree.length),
          );
    if (status === 201) tree.push({ id: json.id, kind, name, parent });
  }
  return tree;
}

/** Moves and renames an entry, unless that is refused. */
async function move(owner: Client, tree: Tree, to: { node: number; name: string; parent: number }) {
  const node = at(tree, to.node);
  if (tree.indexOf(node) <= SHARED) return;
  const parent = folderOf(tree, to.parent);
  const { id } = at(tree, parent);
  const { status } =
    node.kind === "folder"
      ? await owner.patch(`/api/v1/folders/${node.id}`, { name: to.name, parentId: id })
      : await owner.patch(`/api/v1/files/${node.id}`, { name: to.name, folderId: id });
  if (status === 200) Object.assign(node, { name: to.name, parent });
}

/** Sends a path as it is: other clients take `..` out of it. */
async function ask(path: string): Promise<{ status: number; body: string }> {
  const sent = request({ port: world().port, host: "127.0.0.1", path, agent: false });
  sent.end();
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (answer) => {
      text(answer).then((body) => {
        resolve({ status: answer.statusCode ?? 0, body });
      }, reject);
    });
  });
}

test("Nothing outside of the folder of a link is given out, by whatever path, and all that is in it is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { minLength: 4, maxLength: 14 }),
      fc.array(change, { maxLength: 6 }),
      fc.array(walk, { minLength: 10, maxLength: 30 }),
      async (entries, changes, walks) => {
        const owner = await world().member();
        const tree = await plant(owner, entries);
        const link = await shareLink(world(), { owner, ...at(tree, SHARED) });
        await world().settle();
        for (const to of changes) await move(owner, tree, to);

        for (const [index, node] of tree.entries()) {
          if (node.kind !== "file") continue;
          const path = isWithin(tree, index, SHARED) ? pathOf(tree, index) : `/${node.id}`;
          const { status, body } = await ask(`${link.path}/entries${path}`);
          const isInside = isWithin(tree, index, SHARED);
          expect([path, status, isInside && body]).toEqual([
            path,
            isInside ? 200 : 404,
            isInside && String(index),
          ]);
        }
        for (const steps of walks) {
          const path = steps
            .map((step) => (typeof step === "number" ? at(tree, step).id : step))
            .join("/");
          for (const target of [`/entries/${path}`, `/${path}`, `/entries/../${path}`]) {
            expectInside(tree, await ask(link.path + target));
          }
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);

/** What was answered is a refusal, the content of a file in the folder, or a list of what is in it. */
function expectInside(tree: Tree, { status, body }: { status: number; body: string }): void {
  if (status !== 200) {
    expect([400, 404]).toContain(status);
    return;
  }
  if (/^\d+$/.test(body)) expect(isWithin(tree, Number(body), SHARED)).toBe(true);
  else {
    const list = JSON.parse(body) as { items?: { path: string }[] };
    const inside = tree.map((_, index) => index).filter((index) => isWithin(tree, index, SHARED));
    const paths = inside.map((index) => pathOf(tree, index));
    for (const { path } of list.items ?? []) expect(paths).toContain(path);
  }
}
