import { useSignal } from "@preact/signals";
import type { FileEntry } from "../files/entry.js";
import { Icon } from "../parts/icon.js";
import { sizeText, timeText } from "../words/texts.js";
import { ImageView } from "./image-view.js";
import { kindOf } from "./kinds.js";
import { TextView } from "./text-view.js";
import { viewingWords } from "./words.js";

interface Props {
  readonly entry: FileEntry;
}

/** The content of a file, as far as browsers can show it. */
export function Content({ entry }: Props) {
  const isBroken = useSignal(false);
  const fail = () => (isBroken.value = true);
  const { content } = entry.links;
  if (isBroken.value) return <Details entry={entry} note={viewingWords.value.unplayable} />;
  switch (kindOf(entry)) {
    case "image":
      return <ImageView entry={entry} onFail={fail} />;
    case "pdf":
      // In a frame with a sandbox attribute, browsers show no PDF. The answer brings its own sandbox.
      return <iframe class="shown" src={content} title={entry.name} />;
    case "text":
      return <TextView entry={entry} isMarkdown={false} />;
    case "markdown":
      return <TextView entry={entry} isMarkdown />;
    case "audio":
      return (
        <div class="shown centred">
          <Icon name="audio" />
          <audio controls preload="metadata" src={content} onError={fail} />
        </div>
      );
    case "video":
      return <video class="shown" controls preload="metadata" src={content} onError={fail} />;
    case "none":
      return <Details entry={entry} note={noteOf(entry)} />;
  }
}

function noteOf({ state }: FileEntry): string {
  const t = viewingWords.value;
  if (state === "processing") return t.processing;
  return state === "quarantined" ? t.quarantined : t.noView;
}

function Details({ entry, note }: Props & { readonly note: string }) {
  const t = viewingWords.value;
  return (
    <div class="shown centred">
      <div class="about">
        <Icon name="file" />
        <p>{note}</p>
        <dl>
          <dt>{t.type}</dt>
          <dd>{entry.type ?? "–"}</dd>
          <dt>{t.size}</dt>
          <dd>{sizeText(entry.sizeBytes)}</dd>
          <dt>{t.modified}</dt>
          <dd>{timeText(entry.modifiedAt)}</dd>
          <dt>{t.digest}</dt>
          <dd class="digest">{entry.sha256}</dd>
        </dl>
        {entry.state !== "quarantined" && (
          <a class="tool wide" href={entry.links.content} download={entry.name}>
            <Icon name="download" /> {t.download}
          </a>
        )}
      </div>
    </div>
  );
}
