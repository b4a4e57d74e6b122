import { useSignal } from "@preact/signals";
import { numberText, sizeText, timeText } from "../../words/texts.js";
import type { Entry } from "../entry.js";
import { Picture } from "../picture.js";
import { detailWords } from "./words.js";

/** Rounded, and to the byte if that is more. */
const sizeOf = (bytes: number) =>
  bytes < 1000 ? sizeText(bytes) : `${sizeText(bytes)} (${numberText(bytes)})`;

/** What an entry is, how large, where, and since when. */
export function About({ entry }: { readonly entry: Entry }) {
  const t = detailWords.value;
  const facts: readonly (readonly [string, string | null])[] = [
    [t.kind, entry.kind === "file" ? (entry.type ?? t.unknown) : t.kinds[entry.kind]],
    ...(entry.kind === "file" ? [[t.size, sizeOf(entry.sizeBytes)] as const] : []),
    [t.path, entry.path],
    [t.added, entry.createdAt === null ? null : timeText(entry.createdAt)],
    [t.changed, entry.updatedAt === null ? null : timeText(entry.updatedAt)],
  ];
  return (
    <section>
      <Picture entry={entry} size={256} />
      <dl class="facts">
        {facts.map(
          ([name, text]) =>
            text !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
      {entry.kind === "file" && <Digest digest={entry.sha256} />}
    </section>
  );
}

function Digest({ digest }: { readonly digest: string }) {
  const t = detailWords.value;
  const isCopied = useSignal(false);
  return (
    <div class="digest">
      <span class="muted">SHA-256</span>
      <code>{digest}</code>
      <button
        type="button"
        onClick={() => {
          void navigator.clipboard.writeText(digest).then(() => (isCopied.value = true));
        }}
      >
        {isCopied.value ? t.copied : t.copy}
      </button>
    </div>
  );
}
