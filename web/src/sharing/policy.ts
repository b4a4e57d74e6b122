import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask } from "../http/api.js";
import type { LinkPolicy } from "./link.js";

/** The rules of the operator for links, once they are read. */
export function usePolicy() {
  const state = useSignal<{ readonly policy?: LinkPolicy; readonly fault?: unknown }>({});
  const load = () => {
    state.value = {};
    void ask<LinkPolicy>("GET", "/link-policy").then(
      (policy) => (state.value = { policy }),
      (fault: unknown) => (state.value = { fault }),
    );
  };
  useEffect(load, []);
  return { ...state.value, reload: load };
}
