import { Icon } from "../parts/icon.js";
import { goTo, place } from "../routing/place.js";
import { UploadButtons } from "../uploads/button.js";
import { numberText } from "../words/texts.js";
import { sortBy } from "./columns.js";
import { type Order, ORDERS } from "./sources.js";
import { fileWords } from "./words.js";
import { withQuery, type Workspace } from "./workspace.js";

interface Props {
  readonly workspace: Workspace;
  readonly order: Order | undefined;
}

/** How much there is, and how it is shown. */
export function Toolbar({ workspace, order }: Props) {
  const t = fileWords.value;
  const { count, isCounted } = workspace.listing.view.value;
  const selected = workspace.selection.count.value;
  const isTiles = place.value.query.get("layout") === "tiles";
  return (
    <div class="toolbar" role="toolbar" aria-label={t.tools}>
      <p class="count muted" role="status">
        {selected > 0 ? t.selectedOf(numberText(selected)) : ""}
        {selected === 0 && isCounted ? t.entries(count, numberText(count)) : ""}
      </p>
      {workspace.folderId !== undefined && <UploadButtons />}
      {order !== undefined && (
        <select
          class={isTiles ? "order" : "order narrow"}
          aria-label={t.order}
          value={order}
          onChange={(event) => {
            sortBy(event.currentTarget.value as Order);
          }}
        >
          {ORDERS.map((each) => (
            <option key={each} value={each}>
              {t.orders[each]}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="quiet"
        aria-label={isTiles ? t.asList : t.asTiles}
        title={isTiles ? t.asList : t.asTiles}
        onClick={() => {
          goTo(withQuery({ layout: isTiles ? undefined : "tiles" }), { replaces: true });
        }}
      >
        <Icon name={isTiles ? "list" : "grid"} />
      </button>
    </div>
  );
}
