import { useEffect } from "preact/hooks";
import { type Change, MISSED, onChange } from "../live/changes.js";
import { forgetFolders } from "./folders.js";

/** At most so often a list is read again, however much happens. */
const PAUSE_MS = 800;

const own = new Set<() => void>();

/** Has all lists read again what is in view: something was changed here. */
export function changed(): void {
  forgetFolders();
  for (const refresh of own) refresh();
}

/** Reads a list again after what this page does, and after changes from elsewhere that concern it. */
export function useRefresh(refresh: () => Promise<void>, concerns: (change: Change) => boolean) {
  useEffect(() => {
    const timing: { timer?: ReturnType<typeof setTimeout> | undefined } = {};
    const now = () => void refresh();
    const later = () => {
      timing.timer ??= setTimeout(() => {
        timing.timer = undefined;
        now();
      }, PAUSE_MS);
    };
    own.add(now);
    const stop = onChange((change) => {
      const isMissed = change.type === MISSED;
      if (isMissed || change.type.startsWith("folder.")) forgetFolders();
      if (isMissed || concerns(change)) later();
    });
    return () => {
      own.delete(now);
      stop();
      clearTimeout(timing.timer);
    };
  }, [refresh, concerns]);
}
