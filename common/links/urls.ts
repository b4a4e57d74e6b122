import type { LinkDoc } from "./link.js";
import type { LinkTokens } from "./tokens.js";
import type { UrlTokens } from "./url-tokens.js";

interface Deps {
  readonly tokens: Pick<LinkTokens, "make">;
  readonly urlTokens: Pick<UrlTokens, "make">;
  /** `PUBLIC_URL`. */
  readonly publicUrl: URL | undefined;
}

/** The URLs that links are handed on as. */
export class LinkUrls {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Absolute where `PUBLIC_URL` is set; otherwise it begins with a slash.
   *
   * @param name - What the URL of a file ends with, where the link has no name. It opens the same with any other.
   */
  of(link: LinkDoc, name = "file"): string {
    return (this.#deps.publicUrl?.origin ?? "") + this.#pathOf(link, name);
  }

  #pathOf(link: LinkDoc, name: string): string {
    const { tokens, urlTokens } = this.#deps;
    switch (link.kind) {
      case "share":
        return `/s/${tokens.make(link._id)}`;
      case "url":
        return `/u/${urlTokens.make(link)}/${encodeURIComponent(link.fileName ?? name)}`;
      case "grant":
        return `/api/v1/upload?grant=stg_${tokens.make(link._id)}`;
    }
  }
}
