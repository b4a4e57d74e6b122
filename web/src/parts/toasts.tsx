import { signal } from "@preact/signals";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isFault: boolean;
  /** Something that can be done about it, such as undoing it. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 6000;

const toasts = signal<readonly Toast[]>([]);
const ids = { last: 0 };

const dismiss = (id: number) => (toasts.value = toasts.value.filter((toast) => toast.id !== id));

/** Says for some seconds what has happened. Faults stay until they are dismissed. */
export function say(
  text: string,
  { isFault = false, action }: Partial<Omit<Toast, "id">> = {},
): void {
  const id = ++ids.last;
  toasts.value = [...toasts.value, { id, text, isFault, ...(action && { action }) }];
  if (!isFault) setTimeout(() => dismiss(id), SHOWN_MS);
}

/** What {@link say} has said. Screen readers read it aloud. */
export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(({ id, text, isFault, action }) => (
        <div key={id} class={isFault ? "toast fault" : "toast"}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" aria-label="×" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
