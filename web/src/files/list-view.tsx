import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { Change } from "../live/changes.js";
import { Failure, Loading } from "../parts/states.js";
import { place } from "../routing/place.js";
import { EntryGrid } from "./entry-grid.js";
import type { Source } from "./pages.js";
import { useRefresh } from "./refreshing.js";
import type { Order } from "./sources.js";
import { Toolbar } from "./toolbar.js";
import { type Layout, openWorkspace } from "./workspace.js";
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
  readonly showsPath?: boolean;
}

export const layoutOf = (text: string | null): Layout => (text === "tiles" ? "tiles" : "list");

/** A list of files and folders with its toolbar. */
export function ListView(props: Props) {
  const { source, heading, label, empty, concerns, folderId, order, showsPath = false } = props;
  const key = JSON.stringify(source);
  const workspace = useMemo(() => openWorkspace(source, folderId), [key]);
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
  useEffect(() => {
    listing.want({ first: 0, end: 30 });
  }, [listing]);
  return (
    <>
      <div class="top">
        {heading}
        <Toolbar workspace={workspace} order={order} />
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
          {...{ workspace, order, label, showsPath }}
          layout={layoutOf(place.value.query.get("layout"))}
        />
      )}
    </>
  );
}
