import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { dialogWords } from "./dialog-words.js";
import type { Workspace } from "./workspace.js";

interface Props {
  readonly workspace: Workspace;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

const MARGIN = 8;

/** What can be done with what is selected, as a menu at a place of the window. */
export function Menu({ workspace, at, onClose }: Props) {
  const t = dialogWords.value;
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = menu;
    const before = document.activeElement;
    if (current === null) return undefined;
    const { width, height } = current.getBoundingClientRect();
    current.style.left = `${Math.max(MARGIN, Math.min(at.x, innerWidth - width - MARGIN))}px`;
    current.style.top = `${Math.max(MARGIN, Math.min(at.y, innerHeight - height - MARGIN))}px`;
    current.querySelector("button")?.focus({ preventScroll: true });
    const onPointerDown = ({ target }: PointerEvent) => {
      if (!current.contains(target as Node)) onClose();
    };
    addEventListener("pointerdown", onPointerDown);
    addEventListener("scroll", onClose, { passive: true });
    return () => {
      removeEventListener("pointerdown", onPointerDown);
      removeEventListener("scroll", onClose);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      aria-label={t.menu}
      onKeyDown={(event) => {
        moveIn(event, onClose);
      }}
    >
      {workspace.commands().map(({ name, icon, label, key, isDanger, run }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={isDanger === true ? "danger" : ""}
          onClick={() => {
            onClose();
            run();
          }}
        >
          <Icon name={icon} />
          <span>{label}</span>
          {key !== undefined && <kbd aria-hidden="true">{t.keys[key] ?? key}</kbd>}
        </button>
      ))}
    </div>
  );
}

/** As the keyboard moves in menus (WAI-ARIA Authoring Practices). */
function moveIn(event: KeyboardEvent & { readonly currentTarget: Element }, onClose: () => void) {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const now = items.findIndex((item) => item === document.activeElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: now + 1,
    ArrowUp: now - 1,
    Home: 0,
    End: -1,
  };
  const next = steps[event.key];
  if (next !== undefined) items.at(next % items.length)?.focus();
  else if (event.key === "Escape" || event.key === "Tab") onClose();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
