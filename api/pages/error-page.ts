import { problemJson } from "../http/answer-errors.js";
import type { ErrorPresenter } from "../http/door.js";
import type { Problem } from "../http/problem.js";
import { AssetBundle } from "./assets.js";
import { drawPage, html, pagePolicy, prefersHtml } from "./html.js";

/** A small page for people in browsers, and problem+json for everything else. @param assets - Those of the page. */
export function errorPage(assets: AssetBundle): ErrorPresenter {
  return {
    present: (problem, ctx) => {
      if (!prefersHtml(ctx)) {
        return { ...problemJson.present(problem, ctx), headers: { Vary: "Accept" } };
      }
      return {
        type: "text/html; charset=utf-8",
        body: draw(problem, assets),
        headers: { Vary: "Accept", "Content-Security-Policy": pagePolicy() },
      };
    },
  };
}

function draw({ status, body: { title, detail, requestId } }: Problem, assets: AssetBundle) {
  return drawPage({
    title: `${title} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${status}</p>
      <h1>${title}</h1>
      <p>${detail}.</p>
      <p class="note">Request <code>${requestId}</code></p>
    </main>`,
  });
}
