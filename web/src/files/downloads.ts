import { ask } from "../http/api.js";
import { say } from "../parts/toasts.js";
import { actionWords } from "./action-words.js";
import type { Entry } from "./entry.js";

interface Archive {
  readonly state: "preparing" | "ready" | "failed";
  readonly links: { readonly content: string; readonly metadata: string };
}

/** Between two questions whether an archive is ready: a bit longer each time. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** Has the browser save what a URL leads to. */
function save(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

/** Saves one file as it is, and everything else as a ZIP file. @throws Problem */
export async function download(entries: readonly Entry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  if (entries.length === 1 && first.kind === "file") save(first.links.content);
  else await downloadZip(entries.map(archivedId));
}

/** What is behind a mount is what is meant. */
const archivedId = (entry: Entry) =>
  entry.kind === "mount" ? (entry.target?.id ?? entry.id) : entry.id;

async function downloadZip(ids: readonly string[]): Promise<void> {
  let archive = await ask<Archive>("POST", "/archives", { body: { ids } });
  if (archive.state === "preparing") say(actionWords.value.preparing);
  for (let pause = FIRST_PAUSE_MS; archive.state === "preparing"; pause *= 1.5) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, LONGEST_PAUSE_MS)));
    archive = await ask<Archive>("GET", archive.links.metadata);
  }
  if (archive.state === "failed") say(actionWords.value.tooLarge, { isFault: true });
  else save(archive.links.content);
}
