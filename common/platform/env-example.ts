import { commonSettings, webSettings, workerSettings } from "./config.js";
import type { Setting } from "./setting.js";

const WIDTH = 100;

/** Every environment variable of every process, as the text of `.env.example`: what it means, and its default. */
export function envExample(): string {
  const groups: [string, Readonly<Record<string, Setting<unknown>>>][] = [
    ["Every process", commonSettings],
    ["The web process", onlyIn(webSettings)],
    ["The worker process", onlyIn(workerSettings)],
  ];
  return groups
    .map(([title, settings]) => [`## ${title}`, ...Object.values(settings).map(entry)].join("\n\n"))
    .join("\n\n")
    .concat("\n");
}

function onlyIn(settings: Readonly<Record<string, Setting<unknown>>>) {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !(key in commonSettings)));
}

/** A variable without a default must be set, and stands there empty; the others are commented out. */
function entry({ name, about, defaultText, isOptional = false }: Setting<unknown>): string {
  const lines = wrap(about).map((line) => `# ${line}`);
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
