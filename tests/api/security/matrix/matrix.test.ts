import { expect, test } from "@jest/globals";
import { newId } from "../../../../common/platform/ids.js";
import { type Operation, operations } from "../../../support/openapi/promise.js";
import { useWorld } from "../../../support/use-world.js";
import { type Cast, type Caller, castFor, clearUp, isOwned, pathFor } from "./cast.js";
import { ANSWERS, WHOLE_ACCOUNT, WHOLE_NAMESPACE } from "./answers.js";

const world = useWorld({ metricsToken: "m".repeat(32) });

/** Who has asked for one operation asks for the others that need the same scope. */
const casts = new Map<string, Promise<Cast>>();

function castOf(scope: string): Promise<Cast> {
  const cast = casts.get(scope) ?? castFor(world(), scope);
  casts.set(scope, cast);
  return cast;
}

const pathOf = ({ paths: [path = ""] }: Operation) => path;

/** How a request that says too little is refused, before anything is looked for. */
const REFUSED_FIRST: ReadonlySet<number | string> = new Set([400, 405, 415]);

/** The security of an operation: by scheme, the scope. Empty where everybody may ask. */
function needsOf({ id, security }: Operation): ReadonlyMap<string, string> {
  const entries = security.flatMap((one) => Object.entries(one) as [string, string[]][]);
  // Who sends no password there needs a session; all others do without.
  const isOpen = security.some((one) => Object.keys(one).length === 0) && id !== "createTokens";
  return new Map(isOpen ? [] : entries.map(([scheme, [scope = ""]]) => [scheme, scope]));
}

function expected(operation: Operation, caller: Caller): number | string {
  const needs = needsOf(operation);
  const answer = ANSWERS[operation.id] ?? 0;
  if (needs.size === 0) return answer;
  if (caller.scheme === undefined || needs.has("metricsToken")) return 401;
  const scope = needs.get(caller.scheme);
  const isHead = operation.method === "HEAD";
  if (scope === undefined) return isHead ? 403 : "403 credential-not-accepted";
  if (!caller.scopes.includes(scope)) return isHead ? 403 : "403 insufficient-scope";
  if (caller.isLimited === true && WHOLE_ACCOUNT.has(operation.id)) {
    return "403 restricted-credential";
  }
  if (caller.isLimited === true && WHOLE_NAMESPACE.has(operation.id)) return 404;
  const isLookedFor = isOwned(operation.method, pathOf(operation)) && !REFUSED_FIRST.has(answer);
  return isLookedFor && !caller.reachesOwned ? 404 : answer;
}

/** A request that says as little as it can. @returns The status of its answer, with the code where that is 403. */
async function ask({ method, jsonBody }: Operation, path: string, caller: Caller) {
  const query = method === "PUT" && path.endsWith("/files") ? `?name=${newId()}` : "";
  const json = jsonBody !== undefined;
  const answer = await fetch(world().url + path + query, {
    method,
    headers: {
      "Tus-Resumable": "1.0.0",
      ...(json && { "Content-Type": "application/json" }),
      ...caller.headers,
    },
    body: json ? "{}" : null,
    redirect: "manual",
  });
  const { status } = answer;
  if (status !== 403 || method === "HEAD") {
    // Some answers do not end by themselves.
    await answer.body?.cancel();
    return status;
  }
  const { code } = (await answer.json()) as { readonly code: string };
  return `403 ${code}`;
}

test.each(operations.map((operation) => [operation.id, operation] as const))(
  "%s is for who may ask",
  async (_id, operation) => {
    const [scope = ""] = needsOf(operation).values();
    // After signing out a client cannot make any other request.
    const isLast = operation.id === "logOut";
    const { owner, callers } = await (isLast ? castFor(world(), scope) : castOf(scope));

    const answers: [string, number | string][] = [];
    for (const caller of callers) {
      const path = await pathFor(operation.method, pathOf(operation), owner);
      answers.push([caller.title, await ask(operation, path, caller)]);
      await clearUp(path, owner);
    }

    expect(answers).toEqual(callers.map((caller) => [caller.title, expected(operation, caller)]));
  },
);
