import { problemJson } from "../http/answer-errors.js";
import type { ErrorPresenter } from "../http/door.js";
import { type Problem, problemTypeUri } from "../http/problem.js";
import { AssetBundle } from "./assets.js";
import { drawPage, html, pagePolicy, prefersHtml } from "./html.js";

/** A small page for people in browsers, or the form again that they have sent, and problem+json for everything else. @param assets - Those of the page. */
export function errorPage(assets: AssetBundle): ErrorPresenter {
  return {
    present: (problem, ctx) => {
      if (!prefersHtml(ctx)) {
        return { ...problemJson.present(problem, ctx), vary: "Accept" };
      }
      const form = ctx.state.redraw?.(problem);
      if (form !== undefined) return { ...form, vary: "Accept" };
      return {
        type: "text/html; charset=utf-8",
        body: draw(problem, assets),
        vary: "Accept",
        headers: { "Content-Security-Policy": pagePolicy() },
      };
    },
  };
}

function draw({ status, body }: Problem, assets: AssetBundle) {
  const { title, detail, requestId, code } = body;
  return drawPage({
    title: `${title} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${status}</p>
      <h1>${title}</h1>
      <p>${detail}.</p>
      <p><a href="${problemTypeUri(code)}">What this means</a></p>
      <p class="note">Request <code>${requestId}</code></p>
    </main>`,
  });
}
