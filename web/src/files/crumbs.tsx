import { Icon } from "../parts/icon.js";
import type { FolderEntry } from "./entry.js";
import { fileWords } from "./words.js";
import { folderHref } from "./workspace.js";

/** What a folder is called. The topmost one has no name of its own. */
export const folderName = ({ name }: FolderEntry): string =>
  name === "" ? fileWords.value.title : name;

interface Props {
  /** The topmost folder first. Empty while it is not known. */
  readonly ancestry: readonly FolderEntry[];
}

/** The folders above the one that is shown, and its name. */
export function Crumbs({ ancestry }: Props) {
  const t = fileWords.value;
  const shown = ancestry.at(-1);
  const above = ancestry.slice(0, -1);
  return (
    <div class="crumbs">
      {above.length > 0 && (
        <nav aria-label={t.path}>
          {above.map((folder) => (
            <span key={folder.id} class="crumb">
              <a href={folderHref(folder.name === "" ? "root" : folder.id)} data-folder={folder.id}>
                {folderName(folder)}
              </a>
              <Icon name="chevron" />
            </span>
          ))}
        </nav>
      )}
      <h1>{shown === undefined ? t.title : folderName(shown)}</h1>
    </div>
  );
}
