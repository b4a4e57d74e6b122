import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { hasUploads } from "./start.js";

/** Shows the panel of uploads as soon as there is something in it. Its script is loaded then. */
export function UploadPanelHolder() {
  const loaded = useSignal<{ readonly Panel?: ComponentType }>({});
  useEffect(() => {
    // Without its script nothing is uploaded either, and that is told.
    if (hasUploads.value) {
      void import("./panel.js")
        .then(({ UploadPanel }) => (loaded.value = { Panel: UploadPanel }))
        .catch(() => undefined);
    }
  }, [hasUploads.value]);
  const { Panel } = loaded.value;
  return Panel === undefined ? null : <Panel />;
}
