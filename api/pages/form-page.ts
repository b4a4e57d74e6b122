import type { Context } from "koa";
import type { ErrorCode, FieldFault } from "../../common/platform/errors.js";
import type { Context as FormContext } from "../http/door.js";
import type { Problem } from "../http/problem.js";
import type { Step } from "../http/route.js";
import type { AssetBundle } from "./assets.js";
import { drawPage, html, type Html, pagePolicy } from "./html.js";

/** What faults call the fields that a form may have. */
const NOUNS = {
  username: "The username",
  password: "The password",
  newPassword: "The password",
  code: "The code",
} as const;

/** A field of a form. */
interface Field {
  readonly name: keyof typeof NOUNS;
  readonly label: string;
  readonly value?: string | undefined;
}

/** A field as it is drawn: with what is wrong with it. */
interface DrawnField extends Field {
  readonly fault?: string | undefined;
  /** Whether the page begins with the cursor in it. */
  readonly isFocused?: boolean;
}

/** A page with one form, which works without script. */
export interface FormPage {
  readonly assets: AssetBundle;
  /** A word above the heading. */
  readonly topic: string;
  readonly heading: string;
  readonly text: string;
  /** Where the form is sent: a path of this server. */
  readonly action: string;
  readonly fields: readonly Field[];
  readonly button: string;
}

/** Answers with a page that nobody else may keep, frame or learn the address of. */
export function sendFormPage(ctx: Context, page: FormPage): void {
  const { type, body, headers } = drawForm(page, new Map());
  ctx.set(headers);
  ctx.type = type;
  ctx.body = body;
}

/**
 * A step before `expects`: where the request is refused for fields of a form, people get the form again, with each fault at its field and what they have
 * typed, except passwords. Status and header fields are those of the refusal.
 */
export function showsForm(pageOf: (ctx: FormContext) => FormPage): Step {
  return async (ctx, next) => {
    ctx.state.redraw = (problem) => {
      const page = pageOf(ctx);
      const faults = faultsIn(problem, page.fields);
      return faults === undefined ? undefined : drawForm(page, faults, ctx.state.sentForm);
    };
    await next();
  };
}

/** Problems that are always with one field. */
const FIELD_OF: Partial<Record<ErrorCode, Field["name"]>> = {
  "invalid-code": "code",
  "username-taken": "username",
};

/** What is wrong with which field; `undefined` where anything else is wrong too. */
function faultsIn({ body }: Problem, fields: readonly Field[]): Faults | undefined {
  const { code, detail, errors } = body;
  const field = FIELD_OF[code];
  const listed: readonly FieldFault[] =
    code === "invalid-request" && Array.isArray(errors) ? (errors as FieldFault[]) : [];
  const faults = new Map(
    field === undefined
      ? listed.map((fault) => [fault.pointer.slice(1), fault.detail])
      : [[field, detail]],
  );
  const names = new Set<string>(fields.map(({ name }) => name));
  const areShown = faults.size > 0 && [...faults.keys()].every((name) => names.has(name));
  return areShown ? faults : undefined;
}

type Faults = ReadonlyMap<string, string>;

/** Faults begin with the name of their field in a request. */
const sentence = (name: Field["name"], fault: string | undefined) =>
  fault?.startsWith(`${name} `) === true ? NOUNS[name] + fault.slice(name.length) : fault;

function drawForm(page: FormPage, faults: Faults, sent: Readonly<Record<string, string>> = {}) {
  const { assets, topic, heading, text, action, fields, button } = page;
  const first = fields.find(({ name }) => faults.has(name));
  const drawn = fields.map((field) => ({
    ...field,
    value: sent[field.name] ?? field.value,
    fault: sentence(field.name, faults.get(field.name)),
    isFocused: field === first,
  }));
  const body = drawPage({
    title: `${first === undefined ? "" : "Please correct: "}${heading} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${topic}</p>
      <h1>${heading}</h1>
      <p>${text}</p>
      <form method="post" action="${action}">
        ${drawn.map(drawField)}
        <button type="submit">${button}</button>
      </form>
    </main>`,
  });
  const headers = { "Content-Security-Policy": pagePolicy({ "form-action": "'self'" }) };
  return { type: "text/html; charset=utf-8", body, headers };
}

function drawField(field: DrawnField): Html {
  const { name, label, fault, isFocused = false } = field;
  const focus = isFocused ? html`autofocus` : "";
  const refused = html`aria-invalid="true" aria-describedby="${name}-fault" ${focus}`;
  return html`<label for="${name}">${label}</label>
    ${fault === undefined ? "" : html`<p class="fault" id="${name}-fault">${fault}.</p>`}
    ${drawInput(field, fault === undefined ? "" : refused)}`;
}

function drawInput({ name, value = "" }: Field, more: Html | ""): Html {
  if (name === "code") {
    return html`<input
      id="${name}"
      name="${name}"
      required
      maxlength="64"
      autocomplete="one-time-code"
      autocapitalize="none"
      spellcheck="false"
      ${more}
    />`;
  }
  if (name === "username") {
    return html`<input
      id="${name}"
      name="${name}"
      value="${value}"
      required
      minlength="3"
      maxlength="64"
      pattern="[A-Za-z0-9._\\-]+"
      title="Letters A to Z, digits, dots, underscores and hyphens"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      ${more}
    />`;
  }
  return html`<input
    id="${name}"
    name="${name}"
    type="password"
    required
    minlength="8"
    maxlength="1024"
    autocomplete="new-password"
    ${more}
  />`;
}

/** Answers with a page that says that something is done. */
export function sendDonePage(
  ctx: Context,
  { assets, heading, text }: Pick<FormPage, "assets" | "heading" | "text">,
): void {
  ctx.set("Content-Security-Policy", pagePolicy());
  ctx.type = "text/html; charset=utf-8";
  ctx.body = drawPage({
    title: `${heading} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">Done</p>
      <h1>${heading}</h1>
      <p>${text}</p>
      <p><a href="/drive">Continue</a></p>
    </main>`,
  });
}
