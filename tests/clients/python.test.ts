import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect } from "@jest/globals";
import { KEPT_NAMES } from "../support/names.js";
import { needs } from "../support/needs.js";
import { pythonWith } from "../support/python-clients.js";
import { useWorld } from "../support/use-world.js";

const run = promisify(execFile);
const world = useWorld();
const { describe, test } = needs("python3-venv");

/** Uploads a form with a file for each name, and prints the answer. */
const UPLOAD = `
import importlib, json, sys
library, url, cookie, *names = sys.argv[1:]
client = importlib.import_module(library)
files = [("file", (name, b"hello")) for name in names]
print(client.post(url, headers={"Cookie": cookie}, files=files).text)
`;

describe.each(["requests", "httpx"])("%s", (library) => {
  let python: string;

  beforeAll(async () => {
    python = await pythonWith(["requests==2.32.5", "httpx==0.28.1"]);
  }, 300_000);

  async function upload(...names: readonly string[]): Promise<Answer> {
    const client = await world().member();
    const where = [`${world().url}/api/v1/files`, client.cookie];
    const { stdout } = await run(python, ["-c", UPLOAD, library, ...where, ...names]);
    return JSON.parse(stdout) as Answer;
  }

  test("uploads a form of which every file keeps its name", async () => {
    const { items } = await upload(...KEPT_NAMES);

    expect(items?.map(({ file }) => file.name)).toEqual(KEPT_NAMES);
  });

  test.each(["line\nbreak", "carriage\rreturn"])(
    "is refused a file with a control character in its name: %j",
    async (name) => {
      expect(await upload(name)).toMatchObject({ status: 400, code: "invalid-name" });
    },
  );
});

interface Answer {
  readonly items?: readonly { readonly file: { readonly name: string } }[];
}
