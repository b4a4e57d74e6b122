import { Icon } from "../parts/icon.js";
import { sizeText, timeText } from "../words/texts.js";
import type { Entry } from "./entry.js";
import { openMenu } from "./grid-keys.js";
import { NameCell } from "./name-cell.js";
import { Picture } from "./picture.js";
import type { Layout, Workspace } from "./workspace.js";
import { fileWords } from "./words.js";

interface Props {
  readonly workspace: Workspace;
  readonly layout: Layout;
  readonly index: number;
  /** Where it is, in pixels of CSS from the top left corner of the list. */
  readonly at: { readonly x: number; readonly y: number; readonly width: number };
  readonly showsPath: boolean;
}

/** A line or tile of a list. It is a row of the grid in both layouts. */
export function Row({ workspace, layout, index, at, showsPath }: Props) {
  const { listing, selection } = workspace;
  const entry = listing.view.value.at(index);
  const isSelected = entry !== undefined && selection.has(entry);
  return (
    <div
      role="row"
      class={layout === "list" ? "line" : "tile"}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={entry === undefined ? true : undefined}
      tabIndex={index === selection.active.value ? 0 : -1}
      data-index={index}
      draggable={entry !== undefined}
      style={{ transform: `translate(${at.x}px, ${at.y}px)`, width: `${at.width}px` }}
    >
      {entry === undefined ? (
        <span role="gridcell" class="waiting" />
      ) : (
        <Cells {...{ workspace, layout, index, showsPath, entry, isSelected }} />
      )}
    </div>
  );
}

interface CellsProps extends Omit<Props, "at"> {
  readonly entry: Entry;
  readonly isSelected: boolean;
}

function Cells({ workspace, layout, index, showsPath, entry, isSelected }: CellsProps) {
  const t = fileWords.value;
  const { selection } = workspace;
  return (
    <>
      <span role="gridcell" class="check">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={t.select(entry.name)}
          onClick={(event) => {
            void selection.choose(index, event.shiftKey ? "range" : "toggle");
          }}
        />
      </span>
      <span role="gridcell" class="name">
        <Picture entry={entry} size={layout === "list" ? 64 : 256} />
        <NameCell {...{ workspace, entry, showsPath }} />
      </span>
      {layout === "list" && (
        <>
          <span role="gridcell" class="size">
            {"sizeBytes" in entry ? sizeText(entry.sizeBytes) : "–"}
          </span>
          <span role="gridcell" class="date">
            {entry.createdAt === null ? "" : timeText(entry.createdAt)}
          </span>
        </>
      )}
      <span role="gridcell" class="more">
        <button
          type="button"
          class="quiet"
          tabIndex={-1}
          aria-haspopup="menu"
          aria-label={t.actionsFor(entry.name)}
          onClick={({ currentTarget }) => {
            const { left, bottom } = currentTarget.getBoundingClientRect();
            openMenu(workspace, index, { x: left, y: bottom });
          }}
        >
          <Icon name="more" />
        </button>
      </span>
    </>
  );
}
