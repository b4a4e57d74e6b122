import type { Context } from "koa";
import type { Asset, AssetBundle } from "./assets.js";

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template of HTML. What is put into it is escaped, except {@link Html} and lists of it. */
export function html(
  template: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const parts = values.map((value) => {
    if (value instanceof Html) return value.text;
    if (typeof value === "object") return value.map(({ text }) => text).join("");
    return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
  });
  return new Html(String.raw({ raw: template }, ...parts));
}

interface Page {
  readonly title: string;
  readonly assets: AssetBundle;
  /** Style sheets beside `page.css`. */
  readonly styles?: readonly Asset["name"][];
  /** Run in this order when the page is parsed. */
  readonly scripts?: readonly Asset["name"][];
  /** Scripts that are ES modules. They import others of the same bundle by their names. */
  readonly modules?: readonly Asset["name"][];
  readonly body: Html;
}

/** The shell of every page: complete HTML without inline scripts or styles, which loads nothing from other hosts. */
export function drawPage(page: Page): string {
  const { title, assets, styles = [], scripts = [], modules = [], body } = page;
  const styleLinks = ["page.css" as const, ...styles].map(
    (name) => html`<link rel="stylesheet" href="${assets.url(name)}" />`,
  );
  const scriptTags = scripts.map((name) => html`<script src="${assets.url(name)}" defer></script>`);
  const moduleTags = modules.map(
    (name) => html`<script type="module" src="${assets.url(name)}"></script>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" type="image/svg+xml" href="${assets.url("favicon.svg")}" />
        ${styleLinks} ${scriptTags} ${moduleTags}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

/** Sources that a page may load from beside its own style sheets and images, by directive of CSP level 3. */
type Policy = Readonly<Record<string, string>>;

/** The Content-Security-Policy of a page: its own files only, and nothing inline. */
export function pagePolicy(more: Policy = {}): string {
  const policy: Policy = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    ...more,
    "frame-ancestors": "'none'",
  };
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}

/** Browsers send some 200 characters. `accepts` takes quadratic time for quotes and commas. */
const LONGEST_ACCEPT = 1000;

/** Whether a request prefers a page to JSON. Browsers that open a link do; programs that accept anything do not. */
export function prefersHtml(ctx: Pick<Context, "accepts" | "get">): boolean {
  if (ctx.get("Accept").length > LONGEST_ACCEPT) return false;
  return ctx.accepts("application/json", "application/problem+json", "text/html") === "text/html";
}
