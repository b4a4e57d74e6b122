/** Runs the supervisor of `npm start` on the parts given as JSON: `node supervise.js STAGES LOG_FOLDER`. */
const scripts = new URL("../../../../scripts/", import.meta.url).href;

interface Supervise {
  readonly supervise: (options: {
    stages: unknown;
    terminal: object;
    logFolder: string;
    onReady: () => void;
  }) => Promise<number>;
}

interface Terminals {
  Terminal: new (output: NodeJS.WriteStream, options: { isVerbose: boolean }) => object;
}

const { supervise } = (await import(`${scripts}start/supervise.js`)) as Supervise;
const { Terminal } = (await import(`${scripts}start/terminal.js`)) as Terminals;

const [stages = "", logFolder = ""] = process.argv.slice(2);

process.exitCode = await supervise({
  stages: JSON.parse(stages, reviveUrl),
  terminal: new Terminal(process.stdout, { isVerbose: false }),
  logFolder,
  onReady: () => {
    process.stdout.write("all ready\n");
  },
});

function reviveUrl(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.startsWith("http://") ? new URL(value) : value;
}
