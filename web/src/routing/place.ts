import { signal } from "@preact/signals";

/** The path of the page for people. */
export const BASE = "/drive";

/** Where the page is: the path below `/drive`, split at slashes, and its query. */
export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

const read = ({ pathname, search }: Location): Place => ({
  path: pathname.slice(BASE.length).split("/").filter(Boolean).map(decodeURIComponent),
  query: new URLSearchParams(search),
});

/** What the address bar says. Each state of the page has a URL. */
export const place = signal<Place>(read(location));

/** The URL of a state. */
export function hrefTo(
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): string {
  const text = new URLSearchParams(query).toString();
  const below = path.map((part) => `/${encodeURIComponent(part)}`).join("");
  return BASE + below + (text === "" ? "" : `?${text}`);
}

/** Shows another state. @param replaces - Whether the back button skips the present one. */
export function goTo(href: string, { replaces = false } = {}): void {
  if (replaces) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  place.value = read(location);
}

/** Follows the back button, and links to states of the page, without loading it again. */
export function followLinks(): void {
  addEventListener("popstate", () => (place.value = read(location)));
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a");
    if (link === null || link === undefined || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const isOurs = link.origin === location.origin && /^\/drive(?:\/|$)/.test(link.pathname);
    if (!isOurs || link.target !== "" || link.hasAttribute("download")) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
}
