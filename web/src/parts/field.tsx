import type { Signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly value: Signal<string>;
  readonly type?: "text" | "password" | "email" | "number" | "date" | "search";
  readonly autocomplete?: string;
  readonly required?: boolean;
  /** Whether it has the focus when it appears. */
  readonly focused?: boolean;
  /** What is wrong with it. */
  readonly fault?: string;
  readonly note?: string;
}

/** A line of text with its label. */
export function Field(props: Props) {
  const { label, value, type = "text", autocomplete, required = false, focused = false } = props;
  const { fault, note } = props;
  const id = useId();
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) element.current?.focus();
  }, [focused]);
  // Preact has other attributes for each type; those below are for all of them.
  const oneOfAll = type as "password";
  const described = fault !== undefined || note !== undefined ? `${id}-note` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={element}
        id={id}
        type={oneOfAll}
        autocomplete={autocomplete}
        required={required}
        value={value.value}
        aria-invalid={fault !== undefined}
        aria-describedby={described}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
      {described !== undefined && (
        <p id={described} class={fault === undefined ? "muted" : "fault"}>
          {fault ?? note}
        </p>
      )}
    </div>
  );
}
