import type { Settings } from "./config.js";
import type { Setting } from "./setting.js";

const WIDTH = 100;

/** What each process reads, by the name of the process. */
type Processes = Readonly<Record<string, Settings>>;

/**
 * Every environment variable, as the text of `.env.example`: by topic, with the processes that read it, its meaning and its
 * default.
 */
export function envExample(processes: Processes): string {
  const settings = Object.entries(Object.assign({}, ...Object.values(processes)) as Settings);
  const topics = [...new Set(settings.map(([, { topic = "" }]) => topic))];
  const sections = topics.map((title) => [
    `## ${title}`,
    ...settings
      .filter(([, { topic }]) => topic === title)
      .map(([key, setting]) => entry(setting, readersOf(key, processes))),
  ]);
  return [LEGEND, ...sections.flat()].join("\n\n").concat("\n");
}

const LEGEND =
  "# In brackets: the process that reads the variable. What is commented out shows the default.";

function readersOf(key: string, processes: Processes): string {
  const names = Object.keys(processes);
  const readers = names.filter((name) => Object.hasOwn(processes[name] ?? {}, key));
  return readers.length === names.length ? "all" : readers.join(", ");
}

/** A variable without a default must be set: it stands there empty, and is not commented out. */
function entry(setting: Setting<unknown>, readers: string): string {
  const { name, about, defaultText, isOptional = false } = setting;
  const lines = wrap(`[${readers}] ${about}`).map((line) => `# ${line}`);
  const mustBeSet = defaultText === "" && !isOptional;
  return [...lines, mustBeSet ? `${name}=` : `# ${name}=${defaultText}`].join("\n");
}

function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
