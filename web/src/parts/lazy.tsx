import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { faultText } from "../words/problems.js";
import { say } from "./toasts.js";

interface Props<P> {
  /** The same function each time. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
}

/** A part whose code is loaded when it is shown for the first time. */
export function Lazy<P extends object>({ load, props }: Props<P>) {
  const loaded = useSignal<{ readonly View: ComponentType<P> } | undefined>(undefined);
  useEffect(() => {
    load()
      .then((View) => (loaded.value = { View }))
      .catch((error: unknown) => {
        say(faultText(error), { isFault: true });
      });
  }, [load]);
  const View = loaded.value?.View;
  return View === undefined ? null : <View {...props} />;
}
