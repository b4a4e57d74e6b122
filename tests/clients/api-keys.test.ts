import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect } from "@jest/globals";
import type { Json } from "../support/answer-json.js";
import { needs } from "../support/needs.js";
import { pythonWith } from "../support/python-clients.js";
import { useWorld } from "../support/use-world.js";

const run = promisify(execFile);
const world = useWorld();
const SCOPES = ["files:read", "files:write", "files:delete"];

async function newKey() {
  const owner = await world().member();
  const { username } = (await owner.get("/api/v1/me")).json;
  const { key } = await owner.makeKey(SCOPES);
  return { owner, username, key };
}

/** The options of curl that send a key. */
type Authorize = (username: string, key: string) => readonly string[];

const WAYS: [string, Authorize][] = [
  ["-u", (username, key) => ["--user", `${username}:${key}`]],
  ["-u without a username", (_username, key) => ["--user", `:${key}`]],
  ["-H", (_username, key) => ["--header", `Authorization: Bearer ${key}`]],
];

needs("curl").describe("curl with an API key", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stowage-keys-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  needs("curl").test.each<[string, Authorize]>(WAYS)(
    "uploads, lists, downloads and deletes: %s",
    async (_title, optionsOf) => {
      const { username, key } = await newKey();
      const files = `${world().url}/api/v1/files`;
      const curl = async (...args: readonly string[]) => {
        const options = ["--silent", "--show-error", "--fail", ...optionsOf(username, key)];
        return (await run("curl", [...options, ...args])).stdout;
      };
      const [source, copy] = [join(folder, "source"), join(folder, "copy")];
      await writeFile(source, "content");

      const stored = JSON.parse(await curl("--upload-file", source, `${files}?name=a`)) as Json;
      const { items } = JSON.parse(await curl(files)) as Json;
      await curl("--output", copy, `${files}/${stored.id}`);
      await curl("--request", "DELETE", `${files}/${stored.id}`);

      expect(items.map(({ id }) => id)).toEqual([stored.id]);
      expect(await readFile(copy, "utf8")).toBe("content");
      expect((JSON.parse(await curl(files)) as Json).items).toEqual([]);
    },
  );

  needs("curl").test.each<[string, Authorize]>(WAYS)(
    "downloads a range, and is refused what the key may not do: %s",
    async (_title, optionsOf) => {
      const owner = await world().member();
      const { username } = (await owner.get("/api/v1/me")).json;
      const { key } = await owner.makeKey(["files:read"]);
      const { id } = await owner.store("a", "content");
      const file = `${world().url}/api/v1/files/${id}`;
      const curl = async (...args: readonly string[]) => {
        const options = ["--silent", "--show-error", ...optionsOf(username, key)];
        const shown = ["--write-out", "\\n%{http_code}", ...args, file];
        return (await run("curl", [...options, ...shown])).stdout.split("\n");
      };

      const [content, ranged] = await curl("--range", "1-3");
      const [refusal = "", status] = await curl("--request", "DELETE");

      expect([content, ranged]).toEqual(["ont", "206"]);
      expect([status, (JSON.parse(refusal) as Json).code]).toEqual(["403", "insufficient-scope"]);
      expect((await owner.get(`/api/v1/files/${id}`)).status).toBe(200);
    },
  );
});

/** Uploads, lists, downloads and deletes with a session of `requests`, and prints what it got. */
const SCRIPT = `
import json, requests, sys
url, kind, username, key = sys.argv[1:]
session = requests.Session()
if kind == "basic":
    session.auth = (username, key)
elif kind == "bearer":
    session.headers["Authorization"] = "Bearer " + key
def ask(method, path="", **more):
    answer = session.request(method, url + path, **more)
    answer.raise_for_status()
    return answer
stored = ask("POST", files={"file": ("a", b"content")}).json()["items"][0]["file"]["id"]
listed = [item["id"] for item in ask("GET").json()["items"]]
content = ask("GET", "/" + stored).text
part = ask("GET", "/" + stored, headers={"Range": "bytes=1-3"}).text
ask("DELETE", "/" + stored)
left = ask("GET").json()["items"]
print(json.dumps([listed == [stored], content, part, left]))
`;

needs("python3-venv").test.each(["bearer", "basic", "netrc"])(
  "requests with an API key uploads, lists, downloads and deletes: %s",
  async (kind) => {
    const { username, key } = await newKey();
    const python = await pythonWith(["requests==2.32.5", "httpx==0.28.1"]);

    const where = [`${world().url}/api/v1/files`, kind, username, key];
    const folder = await mkdtemp(join(tmpdir(), "stowage-netrc-"));
    const netrc = join(folder, "netrc");
    const { hostname } = new URL(world().url);
    // The other kinds must not find it: it would win over their header field.
    const env = kind === "netrc" ? { NETRC: netrc } : { NETRC: "/dev/null" };
    await writeFile(netrc, `machine ${hostname} login ${username} password ${key}\n`, {
      mode: 0o600,
    });

    const { stdout } = await run(python, ["-c", SCRIPT, ...where], { env });
    await rm(folder, { recursive: true });

    expect(JSON.parse(stdout)).toEqual([true, "content", "ont", []]);
  },
  300_000,
);
