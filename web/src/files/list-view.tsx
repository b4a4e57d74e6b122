import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { Change } from "../live/changes.js";
import { Lazy } from "../parts/lazy.js";
import { Failure, Loading } from "../parts/states.js";
import { goTo, place } from "../routing/place.js";
import type { Command } from "./command.js";
import { commandsOf } from "./commands.js";
import { dragHandlers } from "./drag.js";
import { EntryGrid } from "./entry-grid.js";
import { FileView } from "./file-view.js";
import type { Source } from "./pages.js";
import { useRefresh } from "./refreshing.js";
import { useShortcuts } from "./shortcuts.js";
import type { Order } from "./sources.js";
import { Toolbar } from "./toolbar.js";
import { detailsOf, type Layout, openWorkspace, withQuery, type Workspace } from "./workspace.js";
import "./room.css";
import "./tiles.css";

interface Props {
  readonly source: Source;
  /** What stands above the list. */
  readonly heading: ComponentChildren;
  /** What screen readers call the list. */
  readonly label: string;
  /** Said when it has no rows. */
  readonly empty: string;
  /** Whether a change from elsewhere may be one of this list. */
  readonly concerns: (change: Change) => boolean;
  /** The folder that is shown, as the URL has it. */
  readonly folderId?: string;
  readonly order?: Order;
  /** What the times are, if not when the entries were added. */
  readonly dated?: string;
  readonly showsPath?: boolean;
  /** The file whose content is shown above the list. */
  readonly viewed?: string | undefined;
  /** The folder above the one that is shown. */
  readonly parentId?: string | undefined;
  /** What can be done with what is selected. */
  readonly commands?: (workspace: Workspace) => readonly Command[];
  /** Buttons beside the list's own. */
  readonly tools?: (workspace: Workspace) => ComponentChildren;
}

const loadDetails = () => import("./details/pane.js").then(({ DetailsPane }) => DetailsPane);
const loadAbove = () => import("./above.js").then(({ AboveList }) => AboveList);

export const layoutOf = (text: string | null): Layout => (text === "tiles" ? "tiles" : "list");

/** A list of files and folders with its toolbar. */
export function ListView(props: Props) {
  const { source, heading, label, empty, concerns, folderId, order, showsPath = false } = props;
  const { commands = commandsOf, tools, parentId, viewed, dated } = props;
  const workspace = useMemo(
    () => openWorkspace({ source, folderId, commandsOf: commands }),
    [JSON.stringify(source), commands],
  );
  useShortcuts(workspace, parentId);
  const { listing } = workspace;
  useEffect(
    () => () => {
      listing.close();
    },
    [listing],
  );
  useEffect(() => {
    scrollTo({ top: 0, behavior: "instant" });
  }, [listing]);
  const refresh = useCallback(() => listing.refresh(), [listing]);
  useRefresh(refresh, concerns);
  const { isBegun, count } = listing.view.value;
  const fault = listing.fault.value;
  const above = workspace.above.value;
  const details = useDetails(workspace);
  useEffect(() => {
    listing.want({ first: 0, end: 30 });
  }, [listing]);
  return (
    <div class="files" {...dragHandlers(workspace)}>
      <div class="top">
        {heading}
        <Toolbar workspace={workspace} order={order}>
          {tools?.(workspace)}
        </Toolbar>
      </div>
      {fault !== undefined && (
        <Failure
          error={fault}
          onRetry={() => {
            listing.retry();
          }}
        />
      )}
      {fault === undefined && !isBegun && <Loading />}
      {isBegun && count === 0 && <p class="empty">{empty}</p>}
      {isBegun && count > 0 && (
        <EntryGrid
          {...{ workspace, order, label, dated, showsPath }}
          layout={layoutOf(place.value.query.get("layout"))}
        />
      )}
      {viewed !== undefined && <FileView id={viewed} workspace={workspace} />}
      {details !== undefined && <Lazy load={loadDetails} props={details} />}
      {above !== undefined && <Lazy load={loadAbove} props={{ workspace, above }} />}
    </div>
  );
}

const isDetailed = (kind: string): kind is "file" | "folder" | "mount" =>
  kind === "file" || kind === "folder" || kind === "mount";

/** Whose details the URL asks for. They follow what is selected. */
function useDetails({ selection }: Workspace) {
  const shown = place.value.query.get("details");
  const { entries } = selection;
  const [first] = entries;
  const chosen = selection.count.value === 1 && first ? detailsOf(first) : undefined;
  useEffect(() => {
    if (shown === null || chosen === undefined) return;
    goTo(withQuery({ details: chosen }), { replaces: true });
  }, [chosen]);
  const [kind = "", id = ""] = shown?.split("/") ?? [];
  return isDetailed(kind) ? { id, kind } : undefined;
}
