import { Icon } from "../parts/icon.js";
import { sizeText } from "../words/texts.js";
import type { Entry } from "./entry.js";
import { NameEditor } from "./name-editor.js";
import { fileWords } from "./words.js";
import { hrefOf, type Workspace } from "./workspace.js";

interface Props {
  readonly workspace: Workspace;
  readonly entry: Entry;
  readonly showsPath: boolean;
}

/** The name of an entry, which opens it, and what is to be said of it. */
export function NameCell({ workspace, entry, showsPath }: Props) {
  const t = fileWords.value;
  const href = hrefOf(entry);
  if (workspace.renaming.value === entry.id) return <NameEditor {...{ workspace, entry }} />;
  return (
    <span class="named">
      <span class="title">
        <a {...(href !== undefined && { href })} tabIndex={-1} title={entry.name} draggable={false}>
          {entry.name}
        </a>
        {entry.isFavourite && (
          <span class="mark" role="img" aria-label={t.favourite}>
            <Icon name="star" />
          </span>
        )}
      </span>
      <span class="note">{noteOf(entry, showsPath)}</span>
    </span>
  );
}

/** What stands below the name: what is not as usual, else where it lies, else its size where there is no column for it. */
function noteOf(entry: Entry, showsPath: boolean) {
  const t = fileWords.value;
  if (entry.kind === "mount" && entry.target === null) return t.lost;
  if (entry.kind === "file" && entry.state !== "ready") return t.states[entry.state];
  if (entry.kind === "trashed") return `${parentOf(entry.path)} · ${t.until(entry.updatedAt)}`;
  if (showsPath) return parentOf(entry.path);
  return <span class="narrow">{entry.kind === "file" ? sizeText(entry.sizeBytes) : ""}</span>;
}

const parentOf = (path: string | null) =>
  path === null ? "" : path.slice(0, Math.max(1, path.lastIndexOf("/")));
