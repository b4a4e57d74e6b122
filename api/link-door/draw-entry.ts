import { presentationOf } from "../http/media-type.js";
import { html, type Html } from "../pages/html.js";
import { linkPath } from "./cookies.js";
import { drawContent, drawSmall, type ShownFile } from "./draw-content.js";
import type { EnteredLink } from "./entered.js";
import type { presentEntryOf } from "./present.js";

export type ShownEntry = ReturnType<typeof presentEntryOf>;
type ShownFolder = Extract<ShownEntry, { kind: "folder" }>;

/** The entries of a folder, some at a time. */
export interface ShownList {
  readonly items: readonly ShownEntry[];
  readonly nextCursor: string | null;
}

const NOTHING = html``;

/** A file: what it is, what can be done with it, and what {@link drawContent} shows of it. */
export function drawFile(file: ShownFile, { isLimited }: { readonly isLimited: boolean }): Html {
  const { content, download } = file.links;
  const open = html`<a class="button" href="${content ?? ""}">Open</a>`;
  const save = html`<a class="button main" href="${download ?? ""}" download>Download</a>`;
  return html`<p class="facts">${factsOf(file)}</p>
    ${file.isReady ? NOTHING : NOT_READY}
    <p class="actions">${download === null ? NOTHING : save} ${isShown(file) ? open : NOTHING}</p>
    ${drawContent(file, { isLimited })}`;
}

const NOT_READY = html`<p role="status">
  The file is being inspected. Load this page again in a moment.
</p>`;

/** Whether a browser shows it: it would save all else, as *Download* does. */
const isShown = ({ type, links }: ShownFile) =>
  links.content !== null && presentationOf(type).disposition === "inline";

/** A folder: the way to it, all of it as one file, and what is in it. */
export function drawFolder(
  entered: Pick<EnteredLink, "token" | "root">,
  folder: ShownFolder,
  list: ShownList | undefined,
): Html {
  const { archive } = folder.links;
  const all = html`<a class="button main" href="${archive ?? ""}" download>Download all</a>`;
  return html`${drawWay(entered, folder.path)}
    <p class="actions">${archive === null || isEmpty(list) ? NOTHING : all}</p>
    ${list === undefined ? NOTHING : drawList(folder, list)}`;
}

/** Links to the folders above, from the one that is shared. */
function drawWay({ token, root }: Pick<EnteredLink, "token" | "root">, path: string): Html {
  const names = path.split("/").filter((name) => name !== "");
  if (names.length === 0) return NOTHING;
  const top = root.entry.parentId === null ? "Files" : root.entry.name;
  const steps = names.slice(0, -1).map((name, index) => {
    const way = names.slice(0, index + 1).map(encodeURIComponent);
    return html`<li><a href="${linkPath(token)}/entries/${way.join("/")}">${name}</a></li>`;
  });
  return html`<nav aria-label="Folders above">
    <ol class="way">
      <li><a href="${linkPath(token)}">${top}</a></li>
      ${steps}
    </ol>
  </nav>`;
}

function drawList(folder: ShownFolder, { items, nextCursor }: ShownList): Html {
  const next = `${folder.links.entries}?sort=name&foldersFirst=true&cursor=${nextCursor ?? ""}`;
  const more = html`<p class="actions"><a class="button" href="${next}" rel="next">More</a></p>`;
  if (isEmpty({ items, nextCursor })) return html`<p>Nothing is in this folder.</p>`;
  return html`<table class="entries">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="number">Size</th>
          <th scope="col" class="date">Changed</th>
          <th scope="col"><span class="unseen">Download</span></th>
        </tr>
      </thead>
      <tbody>
        ${items.map(drawItem)}
      </tbody>
    </table>
    ${nextCursor === null ? NOTHING : more}`;
}

const isEmpty = (list: ShownList | undefined) =>
  list?.items.length === 0 && list.nextCursor === null;

function drawItem(item: ShownEntry): Html {
  const isFolder = item.kind === "folder";
  const target = isFolder ? item.links.entries : item.links.content;
  const name = isFolder ? `${item.name}/` : item.name;
  const save = isFolder ? item.links.archive : item.links.download;
  return html`<tr>
    <th scope="row">
      ${isFolder ? NOTHING : drawSmall(item)}${target === null ? name : html`<a href="${target}">${name}</a>`}
    </th>
    <td class="number">${isFolder ? "" : sizeText(item.sizeBytes)}</td>
    <td class="date">${drawDate(item.modifiedAt)}</td>
    <td>
      ${save === null ? NOTHING : html`<a href="${save}" download aria-label="Download ${name}">↓</a>`}
    </td>
  </tr>`;
}

function factsOf({ sizeBytes, type, modifiedAt }: ShownFile): Html {
  return html`${sizeText(sizeBytes)} · ${type ?? "unknown type"} · ${drawDate(modifiedAt)}`;
}

/** An instant as a date, such as `31 Jan 2026`. */
export function drawDate(instant: string | null): Html {
  if (instant === null) return NOTHING;
  return html`<time datetime="${instant}">${DATE.format(new Date(instant))}</time>`;
}

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** A size as people read it, such as `1.5 MB`. */
export function sizeText(bytes: number): string {
  if (bytes === 1) return "1 byte";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1000 ** power).toFixed(digits)} ${UNITS[power] ?? ""}`;
}
