import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import type { Json } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";
import { needs } from "../../support/needs.js";

const { describe } = needs("curl");

const MIB = 1024 ** 2;

const world = useWorld({ maxFileBytes: 4 * MIB });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-curl-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const inFolder = (name: string) => join(folder, name);

/** Runs curl with a cookie jar, and gives what it prints and says. */
async function curl(...args: readonly string[]) {
  const jar = ["--cookie", inFolder("jar"), "--cookie-jar", inFolder("jar")];
  const status = ["--write-out", "%{stderr}%{http_code} %{size_upload}"];
  const { stdout, stderr } = await promisify(execFile)(
    "curl",
    ["--silent", ...jar, ...status, ...args],
    { maxBuffer: 16 * MIB },
  );
  const [code, sentBytes] = (stderr.split("\n").at(-1) ?? "").split(" ").map(Number);
  return { code, sentBytes, said: stderr, body: stdout, json: () => JSON.parse(stdout) as Json };
}

async function register(): Promise<void> {
  const { code } = await curl(
    ...["-X", "POST", `${world().url}/api/register`],
    ...["-H", "Content-Type: application/json", "-d", JSON.stringify(somebody())],
  );
  expect(code).toBe(201);
}

describe("curl", () => {
  test("stores a file in the folders of the name that it is told to send", async () => {
    await writeFile(inFolder("x"), "content");
    const url = `${world().url}/api`;
    await register();

    const { code } = await curl(
      "-F",
      `files=@${inFolder("x")};filename=dir/sub/a.txt`,
      `${url}/upload`,
    );
    const { body } = await curl(`${url}/by-path/dir/sub/a.txt`);

    expect([code, body]).toEqual([201, "content"]);
  });

  test("registers, uploads, lists, downloads and deletes as in the classic examples", async () => {
    const bytes = randomBytes(700_000);
    await writeFile(inFolder("example.pdf"), bytes);
    const url = `${world().url}/api`;
    await register();

    const upload = await curl("-F", `file=@${inFolder("example.pdf")}`, `${url}/upload`);
    const [{ file } = { file: undefined }] = upload.json().items;
    const list = await curl(`${url}/files`);
    await curl("--output", inFolder("copy"), `${url}/files/${file?.id}`);
    const removed = await curl("-X", "DELETE", `${url}/files/${file?.id}`);
    const gone = await curl(`${url}/files/${file?.id}`);

    expect(upload.code).toBe(201);
    expect(file).toMatchObject({ name: "example.pdf", claimedType: "application/pdf" });
    expect(list.json().items.map(({ id }) => id)).toEqual([file?.id]);
    expect((await readFile(inFolder("copy"))).equals(bytes)).toBe(true);
    expect([removed.code, gone.code]).toEqual([204, 404]);
    expect((await curl("-X", "POST", `${url}/logout`)).code).toBe(204);
    expect((await curl(`${url}/files`)).code).toBe(401);
  });

  test("sends several files and a field in one form, and uploads from a pipe of unknown length", async () => {
    await writeFile(inFolder("a"), "first");
    await writeFile(inFolder("b"), "");
    await register();

    const form = await curl(
      ...["-F", "note=hello", "-F", `file=@${inFolder("a")}`, "-F", `file=@${inFolder("b")}`],
      `${world().url}/api/v1/upload`,
    );
    const chunked = await curl(
      ...["-H", "Transfer-Encoding: chunked", "--upload-file", inFolder("a")],
      `${world().url}/api/v1/files?name=piped`,
    );

    expect(form.json().items.map(({ file }) => file.sizeBytes)).toEqual([5, 0]);
    expect([chunked.code, chunked.json().sizeBytes]).toEqual([201, 5]);
  });

  test("goes on with a download that was interrupted", async () => {
    const bytes = randomBytes(700_000);
    await writeFile(inFolder("whole"), bytes);
    await writeFile(inFolder("partial"), bytes.subarray(0, 300_000));
    await register();
    const { body } = await curl("-T", inFolder("whole"), `${world().url}/api/v1/files?name=a`);
    const { links } = JSON.parse(body) as Json;

    const { code } = await curl(
      ...["--continue-at", "-", "--output", inFolder("partial"), `${world().url}${links.content}`],
    );

    expect(code).toBe(206);
    expect((await readFile(inFolder("partial"))).equals(bytes)).toBe(true);
  });

  test("that goes on with an upload where it thinks that it ended replaces nothing", async () => {
    const bytes = randomBytes(100_000);
    await writeFile(inFolder("f.bin"), bytes);
    await register();
    const put = ["-T", inFolder("f.bin"), `${world().url}/api/v1/files?name=f.bin`];
    const stored = (await curl(...put)).json();

    const resumed = await curl("--continue-at", "60000", ...put);
    await curl("--output", inFolder("copy"), world().url + stored.links.content);

    expect([resumed.code, resumed.json().code]).toEqual([400, "invalid-request"]);
    expect(resumed.json().detail).toContain("Content-Range");
    expect((await readFile(inFolder("copy"))).equals(bytes)).toBe(true);
  });

  test("that waits for 100 Continue sends what is wanted, and nothing of what is not", async () => {
    await writeFile(inFolder("small"), Buffer.alloc(MIB));
    await writeFile(inFolder("large"), Buffer.alloc(64 * MIB));
    await register();
    const expecting = ["-v", "-H", "Expect: 100-continue", "--expect100-timeout", "30"];
    const put = (file: string) =>
      curl(...expecting, "-T", inFolder(file), `${world().url}/api/v1/files?name=${file}`);

    const wanted = await put("small");
    const refused = await put("large");

    expect([wanted.code, wanted.sentBytes]).toEqual([201, MIB]);
    expect(wanted.said).toContain("100 Continue");
    expect([refused.code, refused.sentBytes]).toEqual([413, 0]);
    expect(refused.said).not.toContain("100 Continue");
  });

  test.each([
    ["a raw body", ["-H", "Expect:", "-T"]],
    ["a form", ["-H", "Expect:", "-F"]],
  ])("that sends far too much at once as %s can read that it is refused", async (_, args) => {
    await writeFile(inFolder("large"), Buffer.alloc(200 * MIB));
    await register();
    const isForm = args.includes("-F");
    const what = isForm ? `file=@${inFolder("large")}` : inFolder("large");

    const { code, sentBytes, json } = await curl(
      ...[...args, what, `${world().url}/api/v1/${isForm ? "upload" : "files?name=large"}`],
    );

    expect(`${code} ${json().code}`).toBe("413 content-too-large");
    expect(sentBytes).toBeLessThan(120 * MIB);
  });
});
