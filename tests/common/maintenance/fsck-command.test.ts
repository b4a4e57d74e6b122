import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { openTestFsck, storedIn } from "./fsck-world.js";

const PROGRAM = fileURLToPath(new URL("../../../common/maintenance/fsck/main.js", import.meta.url));

const world = useWorld({}, { isDamaged: true });

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Outcome> {
  const env = { MONGODB_URL: world().config.mongodbUrl, PATH: process.env["PATH"] };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

describe("The fsck command", () => {
  test("tells what is wrong, with ids and no names, repairs it when asked to, and exits with 1 as long as something is", async () => {
    const { folders, folderId, file } = await storedIn(world());
    expect(await run("--deep")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Checked [\d,]+ things\. Nothing is wrong\.\n$/),
    });

    await folders.deleteOne({ _id: folderId });
    const found = await run();
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(
      new RegExp(
        `^entry-without-folder id=${file._id} owner=${file.ownerId}: its folder .* is not`,
      ),
    );
    expect(found.stdout).not.toContain("a.txt");

    const repaired = await run("--repair");
    expect(repaired).toMatchObject({ code: 0 });
    expect(repaired.stdout).toContain("1 wrong, 1 of them repaired.");
    expect((await run()).code).toBe(0);
  });

  test("goes on with a run that was interrupted, and begins again when told to", async () => {
    const { fsck, runs } = openTestFsck(world());
    const { _id } = await fsck.start({ isDeep: false, isRepairing: false });

    expect(await run("--deep")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--restart"),
    });
    expect((await run()).code).toBe(0);
    expect(await runs.find(_id)).toMatchObject({ state: "done" });
    const other = await fsck.start({ isDeep: false, isRepairing: false });
    expect((await run("--deep", "--restart")).code).toBe(0);
    expect(await runs.find(other._id)).toMatchObject({ state: "cancelled" });
  });

  test.each([["--what"], ["what"]])("tells how it is used when it is run with %s", async (arg) => {
    expect(await run(arg)).toMatchObject({ code: 2, stdout: expect.stringContaining("--repair") });
  });
});
