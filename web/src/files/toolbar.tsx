import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../parts/icon.js";
import { goTo, place } from "../routing/place.js";
import { UploadButtons } from "../uploads/button.js";
import { numberText } from "../words/texts.js";
import { sortBy } from "./columns.js";
import { type Order, ORDERS } from "./sources.js";
import { fileWords } from "./words.js";
import { toggledLayout, type Workspace } from "./workspace.js";

interface Props {
  readonly workspace: Workspace;
  readonly order: Order | undefined;
  /** Buttons of this list alone. They are there while nothing is selected. */
  readonly children?: ComponentChildren;
}

/** How much there is, how it is shown, and what can be done with what is selected. */
export function Toolbar({ workspace, order, children }: Props) {
  const t = fileWords.value;
  const { count, isCounted } = workspace.listing.view.value;
  const selected = workspace.selection.count.value;
  return (
    <div class="toolbar" role="toolbar" aria-label={t.tools}>
      <p class="count muted" role="status">
        {selected > 0 ? t.selectedOf(numberText(selected)) : ""}
        {selected === 0 && isCounted ? t.entries(count, numberText(count)) : ""}
      </p>
      {selected === 0 && workspace.folderId !== undefined && <UploadButtons />}
      {selected > 0 ? <Selected workspace={workspace} /> : children}
      {order !== undefined && selected === 0 && <OrderChoice order={order} />}
      <LayoutChoice />
      <Tool
        icon="help"
        label={t.help}
        isLess
        onClick={() => (workspace.above.value = { kind: "help" })}
      />
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isDanger?: boolean | undefined;
  /** Whether narrow windows have no room for it. */
  readonly isLess?: boolean;
  readonly onClick: (event: MouseEvent & { readonly currentTarget: Element }) => void;
}

/** A button with a picture alone. */
function Tool({ icon, label, isDanger = false, isLess = false, onClick }: ToolProps) {
  const classes = ["quiet", isDanger ? "danger" : "", isLess ? "wide" : ""].join(" ");
  return (
    <button type="button" class={classes} aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Selected({ workspace }: Pick<Props, "workspace">) {
  const t = fileWords.value;
  const commands = workspace.commands().filter(({ isInToolbar }) => isInToolbar === true);
  return (
    <>
      {commands.map(({ name, icon, label, isDanger, run }) => (
        <Tool key={name} {...{ icon, label, isDanger }} onClick={run} />
      ))}
      <Tool
        icon="more"
        label={t.actions}
        onClick={({ currentTarget }) => {
          const { left, bottom } = currentTarget.getBoundingClientRect();
          workspace.above.value = { kind: "menu", x: left, y: bottom };
        }}
      />
      <Tool
        icon="close"
        label={t.selectNothing}
        onClick={() => {
          workspace.selection.clear();
        }}
      />
    </>
  );
}

function OrderChoice({ order }: { readonly order: Order }) {
  const t = fileWords.value;
  const isTiles = place.value.query.get("layout") === "tiles";
  return (
    <select
      class={isTiles ? "order" : "order narrow"}
      aria-label={t.order}
      value={order}
      onChange={({ currentTarget }) => {
        sortBy(currentTarget.value as Order);
      }}
    >
      {ORDERS.map((each) => (
        <option key={each} value={each}>
          {t.orders[each]}
        </option>
      ))}
    </select>
  );
}

function LayoutChoice() {
  const t = fileWords.value;
  const isTiles = place.value.query.get("layout") === "tiles";
  return (
    <Tool
      icon={isTiles ? "list" : "grid"}
      label={isTiles ? t.asList : t.asTiles}
      onClick={() => {
        goTo(toggledLayout(), { replaces: true });
      }}
    />
  );
}
