/** Installs the packages of a folder as `npm start` does: `node install.js FOLDER`. */
const script = new URL("../../../../scripts/setup/install.js", import.meta.url).href;

interface Install {
  readonly ensureInstalled: (root: string, say: (text: string) => void) => Promise<void>;
}

const { ensureInstalled } = (await import(script)) as Install;

await ensureInstalled(process.argv[2] ?? "", (text) => {
  process.stdout.write(`${text}\n`);
});
