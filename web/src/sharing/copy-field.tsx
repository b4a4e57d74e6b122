import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { QrCode } from "./qr-code.js";
import { sharingWords } from "./words.js";

/** A URL to hand on: it can be copied, and shown as a QR code for a phone. */
export function CopyField({ url }: { readonly url: string }) {
  const t = sharingWords.value;
  const field = useRef<HTMLInputElement>(null);
  const shown = useSignal(false);
  const said = useSignal("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      said.value = t.copied;
    } catch {
      // Browsers have no clipboard for pages without TLS.
      field.current?.select();
      said.value = t.copyByHand;
    }
  };
  return (
    <div class="copy-field">
      <div class="row">
        <input ref={field} aria-label={t.url} readOnly value={url} />
        <button type="button" onClick={() => void copy()}>
          <Icon name="copy" /> {t.copy}
        </button>
        <button
          type="button"
          aria-expanded={shown.value}
          onClick={() => (shown.value = !shown.value)}
        >
          <Icon name="grid" /> {t.qrCode}
        </button>
      </div>
      <p class="muted share-said" role="status">
        {said.value}
      </p>
      {shown.value && <QrCode text={url} label={t.qrCodeOf(url)} />}
    </div>
  );
}
