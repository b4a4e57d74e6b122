import type { ConfigOf } from "../platform/config.js";
import { oneOf, topic } from "../platform/setting.js";

/** Whether files are found by their content. Web processes and the worker read this. */
export const contentIndexSettings = topic("Search", {
  contentSearch: oneOf<"on" | "off">(
    "CONTENT_SEARCH",
    "Whether the words of new files are stored, as keyed hashes, so that files are found by them: on or off.",
    ["on", "off"],
  ),
});

export type ContentIndexSettings = ConfigOf<typeof contentIndexSettings>;
