import type { Context } from "koa";
import { object, string } from "yup";
import type { ErrorCode } from "../../common/platform/errors.js";
import { anyone } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { problemTypeUri, PROBLEMS } from "../http/problem.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "./assets.js";
import { drawPage, html, pagePolicy, prefersHtml } from "./html.js";
import { PROBLEM_TEXTS } from "./problem-texts.js";
import { StaticText } from "./static-text.js";

const CODES = Object.keys(PROBLEMS) as ErrorCode[];

const oneProblem = {
  params: object({ code: string<ErrorCode>().oneOf(CODES).defined() }),
};

/** One text for people and one for programs. */
interface Representations {
  readonly page: StaticText;
  readonly json: StaticText;
}

/**
 * What each problem means and what to do about it, under the `type` of its body (RFC 9457 §3.1.1), and a list of them all.
 *
 * @param assets - Those of the pages.
 */
export function problemPageRoutes({ assets }: { readonly assets: AssetBundle }): Routes {
  const list = representationsOf({
    page: drawList(assets),
    json: { problems: CODES.map(describe) },
  });
  const byCode = new Map(
    CODES.map((code) => [
      code,
      representationsOf({ page: drawProblem(code, assets), json: describe(code) }),
    ]),
  );
  return new Routes()
    .get("/problems", anyone, (ctx) => send(ctx, list))
    .get("/problems/:code", anyone, expects(oneProblem), (ctx) =>
      send(ctx, byCode.get(ctx.state.request.params.code) ?? list),
    );
}

function representationsOf({ page, json }: { page: string; json: object }): Representations {
  return {
    page: new StaticText({ type: "text/html", content: Buffer.from(page) }),
    json: new StaticText({ type: "application/json", content: Buffer.from(JSON.stringify(json)) }),
  };
}

async function send(ctx: Context, { page, json }: Representations): Promise<void> {
  ctx.vary("Accept");
  ctx.set("Cache-Control", "public, max-age=3600");
  if (!prefersHtml(ctx)) return json.send(ctx);
  ctx.set("Content-Security-Policy", pagePolicy());
  return page.send(ctx);
}

function describe(code: ErrorCode) {
  return { type: problemTypeUri(code), code, ...PROBLEMS[code], ...PROBLEM_TEXTS[code] };
}

function drawProblem(code: ErrorCode, assets: AssetBundle): string {
  const { status, title, meaning, remedy } = describe(code);
  return drawPage({
    title: `${title} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${status} <code>${code}</code></p>
      <h1>${title}</h1>
      <p>${meaning}</p>
      <p>${remedy}</p>
      <p class="note"><a href="/problems">All problems</a></p>
    </main>`,
  });
}

function drawList(assets: AssetBundle): string {
  const items = CODES.map(describe).map(
    ({ type, code, status, title }) =>
      html`<li>${status} <a href="${type}">${title}</a> <code>${code}</code></li>`,
  );
  return drawPage({
    title: "Problems · Stowage",
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">Reference</p>
      <h1>Problems</h1>
      <p>How the server refuses a request, and why. Compare the code rather than a text.</p>
      <ul>
        ${items}
      </ul>
    </main>`,
  });
}
