import { type Signal, useSignal } from "@preact/signals";
import type { Entry } from "../files/entry.js";
import { Dialog } from "../parts/dialog.js";
import { Icon } from "../parts/icon.js";
import { LinkPart } from "./link-part.js";
import { PeoplePart } from "./people-part.js";
import "./room.css";
import { sharingWords } from "./words.js";

/** What the dialog needs of an entry. */
interface Shareable {
  readonly id: string;
  readonly kind: Entry["kind"];
  readonly name: string;
  /** Of a mount: what it leads to. */
  readonly target?: { readonly id: string; readonly kind: "file" | "folder" } | null;
}

const PARTS = ["link", "people"] as const;
type Part = (typeof PARTS)[number];

/** Shares a file or folder: by a link, or with people and groups. A mount shares what it leads to. */
export function ShareDialog({
  entry,
  onClose,
}: {
  readonly entry: Shareable;
  readonly onClose: () => void;
}) {
  const t = sharingWords.value;
  const part = useSignal<Part>("link");
  const id = entry.target?.id ?? entry.id;
  const kind = entry.target?.kind ?? entry.kind;
  return (
    <Dialog title={t.shareName(entry.name)} onClose={onClose}>
      <Tabs part={part} />
      <div id="share-part" role="tabpanel" aria-labelledby={`share-tab-${part.value}`}>
        {part.value === "link" ? (
          <LinkPart entryId={id} entryKind={kind === "file" ? "file" : "folder"} />
        ) : (
          <PeoplePart entryId={id} />
        )}
      </div>
      <form class="row end" method="dialog">
        <button type="submit">{t.close}</button>
      </form>
    </Dialog>
  );
}

function Tabs({ part }: { readonly part: Signal<Part> }) {
  const t = sharingWords.value;
  const choose = (event: KeyboardEvent) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    part.value = part.value === "link" ? "people" : "link";
    document.getElementById(`share-tab-${part.value}`)?.focus();
  };
  return (
    <div class="share-tabs" role="tablist" aria-label={t.share} onKeyDown={choose}>
      {PARTS.map((name) => (
        <button
          key={name}
          id={`share-tab-${name}`}
          type="button"
          role="tab"
          aria-controls="share-part"
          aria-selected={part.value === name}
          tabIndex={part.value === name ? 0 : -1}
          onClick={() => (part.value = name)}
        >
          <Icon name={name} /> {t[name]}
        </button>
      ))}
    </div>
  );
}
