import { Icon } from "../parts/icon.js";
import { sizeText } from "../words/texts.js";
import { panelWords } from "./panel-words.js";
import { forget, type Remembered } from "./remembered.js";
import { removeUpload } from "./tus.js";

/** Uploads that have begun before the page was loaded again. They continue when the same file is chosen again. */
export function Interrupted({ items }: { readonly items: readonly Remembered[] }) {
  const t = panelWords.value;
  if (items.length === 0) return null;
  return (
    <ul class="upload-interrupted">
      {items.map((item) => (
        <li key={item.key}>
          <Icon name="warning" />
          <div class="upload-file">
            <p class="upload-name">{item.name}</p>
            <p class="muted">{t.interrupted(sizeText(item.sizeBytes))}</p>
          </div>
          <button
            type="button"
            class="plain"
            aria-label={t.forget(item.name)}
            onClick={() => {
              discard(item);
            }}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What cannot be removed now expires at the server. */
function discard({ key, path }: Remembered): void {
  forget(key);
  removeUpload(path).catch(() => undefined);
}
