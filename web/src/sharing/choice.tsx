import type { Signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props<T extends string> {
  readonly label: string;
  readonly value: Signal<T>;
  /** Whether it has the focus when it appears. */
  readonly focused?: boolean;
  readonly options: readonly { readonly value: T; readonly text: string }[];
}

/** One of a few, with its label. */
export function Choice<T extends string>({ label, value, options, focused = false }: Props<T>) {
  const id = useId();
  const element = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (focused) element.current?.focus();
  }, [focused]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        ref={element}
        id={id}
        value={value.value}
        onChange={({ currentTarget }) => {
          const chosen = options.find((option) => option.value === currentTarget.value);
          if (chosen !== undefined) value.value = chosen.value;
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Yes or no, with its label. */
export function Check({
  label,
  value,
}: {
  readonly label: string;
  readonly value: Signal<boolean>;
}) {
  return (
    <label class="share-check">
      <input
        type="checkbox"
        checked={value.value}
        onChange={({ currentTarget }) => (value.value = currentTarget.checked)}
      />
      {label}
    </label>
  );
}
