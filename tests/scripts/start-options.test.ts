import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, statSync, readFileSync, writeFileSync, chmodSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WatchedProcess } from "../support/watched-process.js";

const START = fileURLToPath(new URL("../../../scripts/start.js", import.meta.url));
const DATA_FOLDER = new URL("../../../scripts/start/data-folder.js", import.meta.url).href;

let folder: string;
let holders: WatchedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-start-"));
});

afterEach(async () => {
  await Promise.all(holders.map((holder) => holder.stop("SIGKILL")));
  holders = [];
  await rm(folder, { recursive: true });
});

/** Runs `npm start` to an end that it should find before it starts anything. */
async function refusal(args: string[], env: NodeJS.ProcessEnv = {}) {
  const started = new WatchedProcess(process.execPath, [START, ...args], {
    env: { ...process.env, DATA_DIR: folder, ...env },
  });
  return { code: await started.untilEnded(), output: started.output };
}

/** A process that has the data folder open, as a running Stowage has. */
async function holdFolder(path = folder): Promise<WatchedProcess> {
  const program = `
    import { openDataFolder } from "${DATA_FOLDER}";
    const { sessionSecrets } = openDataFolder(process.argv[1]);
    console.log("Taken:", sessionSecrets);
    setInterval(() => undefined, 60_000);`;
  const args = ["--input-type=module", "--eval", program, path];
  const holder = new WatchedProcess(process.execPath, args);
  holders.push(holder);
  await holder.untilPrinted("Taken:");
  return holder;
}

describe("npm start, before it starts anything,", () => {
  test("tells its options and ends with 0", async () => {
    const { code, output } = await refusal(["--help"]);

    expect(code).toBe(0);
    for (const flag of ["--port", "--host", "--data", "--verbose"]) expect(output).toContain(flag);
  });

  test.each([
    [["--bogus"], "There is no option --bogus."],
    [["-p", "1"], "There is no option -p."],
    [["8080"], "There is no option 8080."],
    [["--data"], "--data needs a value."],
    [["--host="], "--host needs a value."],
    [["--verbose=no"], "--verbose takes no value."],
    [["--port", "0"], 'The port must be a number from 1 to 65535, not "0".'],
    [["--port", "65536"], 'The port must be a number from 1 to 65535, not "65536".'],
    [["--port", "1e3"], 'The port must be a number from 1 to 65535, not "1e3".'],
  ])("refuses %j with a sentence", async (args, sentence) => {
    const { code, output } = await refusal(args);

    expect(code).toBe(1);
    expect(output.trimEnd().split("\n")).toEqual([expect.stringContaining(sentence)]);
  });

  test("reads PORT as it reads --port", async () => {
    const { code, output } = await refusal([], { PORT: "http" });

    expect(code).toBe(1);
    expect(output).toBe('The port must be a number from 1 to 65535, not "http".\n');
  });

  test("says that the port is in use, and what to do", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;

    const { code, output } = await refusal(["--port", String(port)]);

    expect(code).toBe(1);
    expect(output).toBe(
      `Port ${port} on 127.0.0.1 is in use. Choose another: npm start -- --port 8080.\n`,
    );
    holder.close();
  });

  test("says that a data folder cannot be written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");

    const { code, output } = await refusal(["--data", join(file, "data")]);

    expect(code).toBe(1);
    expect(output).toBe(
      `Cannot write to the data folder ${file}/data (ENOTDIR): choose another folder with --data DIR.\n`,
    );
  });
});

describe("the data folder", () => {
  test("is readable by its owner only, and so are the secrets in it", async () => {
    const data = join(folder, "new", "data");
    const holder = await holdFolder(data);
    await holder.stop();

    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  test("keeps the secrets of its first start, 32 random bytes", async () => {
    const first = await holdFolder();
    await first.stop();
    const second = await holdFolder();
    await second.stop();

    expect(first.output).toMatch(/^Taken: [\w-]{43}\n$/);
    expect(second.output).toBe(first.output);
  });

  test("is refused to a second start while the first runs", async () => {
    const holder = await holdFolder();

    const { code, output } = await refusal([]);

    expect(code).toBe(1);
    expect(output).toBe(
      `Stowage is already running on ${folder} (process ${holder.pid}). Stop it first, or choose another folder with --data DIR.\n`,
    );
  });

  test("is free again after its owner was killed, also when the number of that process is in use", async () => {
    const killed = await holdFolder();
    await killed.stop("SIGKILL");
    const lock = JSON.parse(readFileSync(join(folder, "lock"), "utf8")) as object;
    writeFileSync(join(folder, "lock"), JSON.stringify({ ...lock, pid: process.pid }));

    const next = await holdFolder();

    expect(next.output).toContain("Taken:");
  });

  test("is given to one of several that find an abandoned lock at once", async () => {
    const killed = await holdFolder();
    await killed.stop("SIGKILL");

    const attempts = await Promise.allSettled([1, 2, 3, 4].map(() => holdFolder()));

    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("is refused when others can read its secrets, or when they are damaged", async () => {
    const path = join(folder, "secrets.json");
    writeFileSync(path, "{}", { mode: 0o600 });
    const damaged = await refusal([]);
    chmodSync(path, 0o644);
    const exposed = await refusal([]);

    expect(damaged).toEqual({ code: 1, output: expect.stringContaining(`${path} is damaged.`) });
    expect(exposed).toEqual({
      code: 1,
      output: `${path} can be read by others. Run: chmod 600 ${path}\n`,
    });
  });
});
