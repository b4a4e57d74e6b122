import { useSignal } from "@preact/signals";
import { Dialog } from "../parts/dialog.js";
import { dialogWords } from "./dialog-words.js";
import { allowSingleKeys, hasSingleKeys } from "./shortcuts.js";

/** The shortcuts of lists. Those of one letter can be switched off. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const t = dialogWords.value;
  const isOn = useSignal(hasSingleKeys());
  return (
    <Dialog title={t.help} onClose={onClose}>
      <dl class="shortcuts">
        {t.shortcuts.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <label class="row">
        <input
          type="checkbox"
          checked={isOn.value}
          onChange={({ currentTarget }) => {
            isOn.value = currentTarget.checked;
            allowSingleKeys(currentTarget.checked);
          }}
        />
        {t.singleKeys}
      </label>
      <div class="row end">
        <button type="button" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </Dialog>
  );
}
