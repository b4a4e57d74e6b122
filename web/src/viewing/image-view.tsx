import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FileEntry } from "../files/entry.js";
import { Icon, type IconName } from "../parts/icon.js";
import { pictureOf } from "./kinds.js";
import { viewingWords } from "./words.js";

interface Props {
  readonly entry: FileEntry;
  readonly onFail: () => void;
}

/** In steps; 1 fits the window. */
const STEP = 1.5;
const LARGEST = 8;

/** An image that can be enlarged: with buttons, with + and -, with 0 to fit the window again, and with a double click. */
export function ImageView({ entry, onFail }: Props) {
  const t = viewingWords.value;
  const zoom = useSignal(1);
  const set = (factor: number) => (zoom.value = Math.min(LARGEST, Math.max(1, factor)));
  useEffect(() => {
    const onKey = ({ key, ctrlKey, metaKey }: KeyboardEvent) => {
      if (ctrlKey || metaKey) return;
      if (key === "+" || key === "=") set(zoom.value * STEP);
      if (key === "-") set(zoom.value / STEP);
      if (key === "0") set(1);
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
    };
  }, []);
  const button = (icon: IconName, label: string, factor: number) => (
    <button
      type="button"
      class="tool"
      aria-label={label}
      disabled={factor > LARGEST || factor < 1 / STEP || (factor === 1 && zoom.value === 1)}
      onClick={() => set(factor)}
    >
      <Icon name={icon} />
    </button>
  );
  const size = `${zoom.value * 100}%`;
  return (
    <>
      <div class={zoom.value > 1 ? "shown picture scrolls" : "shown picture"} tabIndex={0}>
        <img
          src={pictureOf(entry)}
          alt={entry.name}
          style={{ width: size, height: size }}
          onError={onFail}
          onDblClick={() => set(zoom.value > 1 ? 1 : STEP * STEP)}
        />
      </div>
      <div class="zoom">
        {button("minus", t.zoomOut, zoom.value / STEP)}
        {button("image", t.fit, 1)}
        {button("plus", t.zoomIn, zoom.value * STEP)}
      </div>
    </>
  );
}
