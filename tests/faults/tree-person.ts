import { createHash, randomBytes, randomInt } from "node:crypto";
import type { FileJson, Json } from "../support/answer-json.js";
import { untilAnswered } from "../support/eventually.js";
import type { Reply, StreamingClient } from "../support/streaming-client.js";

const API = "/api/v1";
const NAMES = ["a", "b", "c", "d", "e", "f", "É", "ö"];
const MOST_FOLDERS = 14;
const MOST_FILES = 60;

/** What a version was acknowledged to have. */
interface Acknowledged {
  readonly fileId: string;
  readonly sha256: string;
}

/** What two clients of one account know together. */
export class Knowledge {
  /** By the version's id. */
  readonly versions = new Map<string, Acknowledged>();
  readonly folderIds = new Set<string>(["root"]);
  /** What the server answered that it never may. */
  readonly faults: string[] = [];
  acknowledged = 0;

  get fileIds(): string[] {
    return [...new Set([...this.versions.values()].map(({ fileId }) => fileId))];
  }

  /** Something will be removed for good, or perhaps was. */
  forgetFile(fileId: string): void {
    for (const [id, version] of this.versions)
      if (version.fileId === fileId) this.versions.delete(id);
  }
}

const pick = <T>(list: readonly T[]): T | undefined =>
  list.length === 0 ? undefined : list[randomInt(list.length)];

/** Somebody who puts an account's files and folders in order, one thing after the other, at random. */
export class TreePerson {
  readonly #client: StreamingClient;
  readonly #knowledge: Knowledge;
  #isOver = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(client: StreamingClient, knowledge: Knowledge) {
    this.#client = client;
    this.#knowledge = knowledge;
  }

  start(): this {
    this.#loop = this.#goOn();
    return this;
  }

  /** Resolves when the last request is answered or broken. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loop;
  }

  async #goOn(): Promise<void> {
    const acts = [
      () => this.#makeFolder(),
      () => this.#upload(),
      () => this.#upload(),
      () => this.#upload(),
      () => this.#upload(),
      () => this.#move(),
      () => this.#move(),
      () => this.#moveFolder(),
      () => this.#copy(),
      () => this.#trash(),
      () => this.#trashFolder(),
      () => this.#restore(),
      () => this.#restore(),
      () => this.#restore(),
      () => (randomInt(4) === 0 ? this.#purge() : this.#purgeVersion()),
      () => this.#restoreVersion(),
      () => this.#batch(),
    ];
    while (!this.#isOver) await pick(acts)?.();
  }

  /** @returns `undefined` when nobody knows how it ended. */
  async #ask(method: string, path: string, given?: object | Buffer): Promise<Reply | undefined> {
    const isJson = given !== undefined && !Buffer.isBuffer(given);
    const body = isJson ? Buffer.from(JSON.stringify(given)) : given;
    try {
      const reply = await this.#client.ask({
        method,
        path: `${API}${path}`,
        ...(isJson && { headers: { "Content-Type": "application/json" } }),
        ...(body !== undefined && { body: [body] }),
      });
      const { status } = reply;
      if (status >= 500 && status !== 503) {
        this.#knowledge.faults.push(`${method} ${path} is answered ${status}`);
      }
      if (status < 300) this.#knowledge.acknowledged += 1;
      return reply;
    } catch {
      // Until the process is back, nothing more is tried: what is to be removed for good is forgotten beforehand.
      await untilAnswered(() => this.#client.get("/healthz"));
      return undefined;
    }
  }

  #folderId(): string {
    return pick([...this.#knowledge.folderIds]) ?? "root";
  }

  #ownFolderId(): string | undefined {
    return pick([...this.#knowledge.folderIds].filter((id) => id !== "root"));
  }

  async #makeFolder(): Promise<void> {
    if (this.#knowledge.folderIds.size > MOST_FOLDERS) return;
    const body = { name: pick(NAMES), parentId: this.#folderId() };
    const reply = await this.#ask("POST", "/folders", body);
    if (reply?.status === 201) this.#knowledge.folderIds.add(reply.json.id);
  }

  async #upload(): Promise<void> {
    if (this.#knowledge.versions.size > MOST_FILES) return this.#purge();
    const content = randomBytes(randomInt(40_000));
    const name = encodeURIComponent(pick(NAMES) ?? "a");
    const way = pick(["version", "rename"]) ?? "version";
    const path = `/files?name=${name}&folderId=${this.#folderId()}&onConflict=${way}`;
    const sha256 = createHash("sha256").update(content).digest("hex");
    this.#acknowledge(await this.#ask("PUT", path, content), sha256);
  }

  /** A file shows a version that has this content. */
  #acknowledge(reply: Reply | undefined, sha256: string): void {
    if (reply === undefined || reply.status >= 300) return;
    const { id: fileId, versionId } = reply.json;
    if (reply.json.sha256 !== sha256) this.#knowledge.faults.push(`${versionId} has other bytes`);
    this.#knowledge.versions.set(versionId, { fileId, sha256 });
  }

  async #move(): Promise<void> {
    const id = pick(this.#knowledge.fileIds);
    const query = `?onConflict=${pick(["rename", "fail"])}`;
    const change = { folderId: this.#folderId(), ...(randomInt(2) === 0 && { name: pick(NAMES) }) };
    if (id !== undefined) await this.#ask("PATCH", `/files/${id}${query}`, change);
  }

  async #moveFolder(): Promise<void> {
    const id = this.#ownFolderId();
    const change = { parentId: this.#folderId(), ...(randomInt(2) === 0 && { name: pick(NAMES) }) };
    if (id !== undefined) await this.#ask("PATCH", `/folders/${id}`, change);
  }

  async #copy(): Promise<void> {
    const id = pick(this.#knowledge.fileIds);
    if (id === undefined || this.#knowledge.versions.size > MOST_FILES) return;
    const reply = await this.#ask("POST", `/files/${id}/copy`, { folderId: this.#folderId() });
    // Which version was current, only the answer says; that its content is right is checked in the end.
    if (reply?.status === 201) this.#acknowledge(reply, reply.json.sha256);
  }

  async #trash(): Promise<void> {
    const id = pick(this.#knowledge.fileIds);
    if (id !== undefined) await this.#ask("DELETE", `/files/${id}`);
  }

  async #trashFolder(): Promise<void> {
    const id = this.#ownFolderId();
    if (id !== undefined && randomInt(3) === 0) await this.#ask("DELETE", `/folders/${id}`);
  }

  async #restore(): Promise<void> {
    const item = pick((await this.#ask("GET", "/trash"))?.json.items ?? []);
    if (item !== undefined) await this.#ask("POST", `/trash/${item.id}/restore`, {});
  }

  async #purge(): Promise<void> {
    const id = pick(this.#knowledge.fileIds);
    if (id === undefined) return;
    this.#knowledge.forgetFile(id);
    const isGone = (await this.#ask("DELETE", `/files/${id}?permanent=true`))?.status === 204;
    if (!isGone) await this.#ask("DELETE", `/trash/${id}`);
  }

  async #purgeVersion(): Promise<void> {
    const [id, version] = pick([...this.#knowledge.versions]) ?? [];
    if (id === undefined || version === undefined) return;
    this.#knowledge.versions.delete(id);
    const reply = await this.#ask("DELETE", `/files/${version.fileId}/versions/${id}`);
    // The current one cannot be deleted, and one that nobody can reach now is still there.
    const isThere = reply?.status === 409 || reply?.status === 404;
    if (isThere) this.#knowledge.versions.set(id, version);
  }

  async #restoreVersion(): Promise<void> {
    const [id, version] = pick([...this.#knowledge.versions]) ?? [];
    if (id === undefined || version === undefined) return;
    const path = `/files/${version.fileId}/versions/${id}/restore`;
    this.#acknowledge(await this.#ask("POST", path), version.sha256);
  }

  async #batch(): Promise<void> {
    const ids = [pick(this.#knowledge.fileIds), pick(this.#knowledge.fileIds)];
    const operations = ids.flatMap((id) =>
      id === undefined
        ? []
        : [
            { op: "move", id, folderId: this.#folderId(), onConflict: "rename" },
            { op: "tag", id, add: [pick(NAMES)] },
          ],
    );
    if (operations.length > 0) await this.#ask("POST", "/batch", { operations });
  }
}

/** Takes everything out of the trash, until nothing is in it. */
export async function restoreAll(client: StreamingClient): Promise<void> {
  for (;;) {
    const { items } = await client.get(`${API}/trash`);
    if (items.length === 0) return;
    for (const { id } of items) {
      const body = [Buffer.from("{}")];
      const headers = { "Content-Type": "application/json" };
      await client.ask({ method: "POST", path: `${API}/trash/${id}/restore`, headers, body });
    }
  }
}

/** Every file that can be reached by going down from the root. @throws when a folder is reached twice. */
export async function walkTree(client: StreamingClient): Promise<FileJson[]> {
  const files: FileJson[] = [];
  const seen = new Set<string>();
  const folders = ["root"];
  for (let id = folders.pop(); id !== undefined; id = folders.pop()) {
    if (seen.has(id)) throw new Error(`The folder ${id} is reached twice`);
    seen.add(id);
    const { items }: Json = await client.get(`${API}/folders/${id}/children?limit=1000`);
    const names = items.map(({ name }) => name.normalize("NFC"));
    if (new Set(names).size !== names.length) throw new Error(`${id} has a name twice`);
    files.push(...items.filter(({ kind }) => kind === "file"));
    folders.push(...items.filter(({ kind }) => kind === "folder").map((folder) => folder.id));
  }
  return files;
}
