import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES, openBucket } from "../../../common/storage/bucket.js";
import { listed, restore, storeFile, useScrubWorld } from "./scrub-world.js";

const PROGRAM = fileURLToPath(
  new URL("../../../common/maintenance/scrub/main.js", import.meta.url),
);

const world = useScrubWorld();

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command, on the world's database unless another URL is given. */
function run(args: readonly string[], url = world().config.mongodbUrl): Promise<Outcome> {
  const env = { MONGODB_URL: url, PATH: process.env["PATH"] };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

describe("The scrub command", () => {
  test("--now reads everything, names what is damaged with its version and file, and exits with 1", async () => {
    await storeFile(world(), 10);
    const damaged = await storeFile(world(), CHUNK_SIZE_BYTES + 1);
    const { blobId, version } = damaged;
    await openBucket(world().mongo.db).chunks.deleteOne({ files_id: blobId, n: 1 });

    const { code, stdout } = await run(["--now"]);

    expect(stdout).toContain("Read 2 blobs, 10 bytes: 1 damaged.\n");
    expect(stdout).toContain(
      ` missing-chunks blob=${blobId.toHexString()} version=${version._id} file=${version.fileId} owner=${version.ownerId}: chunks are missing: 1\n`,
    );
    expect(code).toBe(1);
    expect(await listed(world(), blobId)).not.toBeNull();
    expect(await run(["--list"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(blobId.toHexString()),
    });

    await restore(world(), damaged);
    expect(await run(["--now"])).toMatchObject({
      code: 0,
      stdout: "Read 2 blobs, 127.0 KiB: 0 damaged.\nNothing is known to be damaged.\n",
    });
    expect(await run(["--list"])).toMatchObject({
      code: 0,
      stdout: "Nothing is known to be damaged.\n",
    });
  });

  test.each([[[]], [["--list", "--what"]], [["what"]]])(
    "tells how it is used, and exits with 2, when it is run with %j",
    async (args) => {
      const { code, stdout } = await run(args);

      expect(code).toBe(2);
      expect(stdout).toContain("--now");
    },
  );

  test("that finds a fault in its settings says so, and reads nothing", async () => {
    const { code, stderr } = await run(["--list"], "http://nowhere");

    expect([code, stderr]).toEqual([
      78,
      "MONGODB_URL must be a mongodb:// or mongodb+srv:// URL\n",
    ]);
  });
});
