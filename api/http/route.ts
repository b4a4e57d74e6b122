import Router from "@koa/router";
import type Koa from "koa";
import type { AnyObjectSchema } from "yup";
import type { Scope } from "../../common/accounts/role.js";
import { refuseChangedContent } from "./content-fields.js";
import type { ProofKind, RequestState } from "./door.js";
import type { Cost } from "./rate-limit.js";

/** The prefixes under which the API is served: with its version, and as the plain paths of the quick examples. */
export const API_PREFIXES = ["/api/v1", "/api"] as const;

/** The prefix of a request, so that the links in its answer keep it. Relative: no proxy setting is needed. */
export function apiBase({ path }: Pick<Koa.Context, "path">): string {
  return API_PREFIXES.find((prefix) => path.startsWith(`${prefix}/`)) ?? API_PREFIXES[0];
}

/** Who may use a route: actors with a scope, anyone, or the operator by a token of the configuration. */
export type Access = Scope | "anyone" | "operator";

/**
 * What a request may look like. A part that is missing here is not read; without `query`, every parameter is refused. Pages, documents
 * and probes have none of this: links to them carry parameters of others (`utm_source`), which change nothing. Names of
 * header fields are in lower case; fields that the schema does not name are ignored.
 */
export interface RequestSchema {
  readonly params?: AnyObjectSchema;
  readonly query?: AnyObjectSchema;
  readonly headers?: AnyObjectSchema;
  /** A body of JSON. It may be missing where all of its fields are optional, except in a `PATCH`. */
  readonly body?: AnyObjectSchema;
  /** How large the body may be, in bytes, where that is more than `MAX_FIELD_BYTES`. */
  readonly largestBodyBytes?: number;
}

/** A middleware of one route: it refuses the request, or adds `Adds` to `ctx.state` and goes on. */
export interface Step<Adds extends object = object> {
  (ctx: Koa.ParameterizedContext<RequestState & Adds>, next: Koa.Next): Promise<void>;
  readonly access?: Access;
  /** The kinds of credentials that the route accepts; `undefined`: all of accounts that its door accepts. */
  readonly by?: readonly ProofKind[] | undefined;
  /** What a request counts as for the rate limits. */
  readonly cost?: Cost;
  readonly schema?: RequestSchema;
  /** Whether it runs around all other steps, wherever it stands. */
  readonly isOutermost?: boolean;
}

type Handler<State> = (ctx: Koa.ParameterizedContext<RequestState & State>) => Promise<void> | void;

/** Adds a route: its path, its steps in order, and the handler, which sees what the steps have added. */
interface AddRoute {
  <A extends object>(path: string, a: Step<A>, handler: Handler<NoInfer<A>>): Routes;
  <A extends object, B extends object>(
    path: string,
    a: Step<A>,
    b: Step<B>,
    handler: Handler<NoInfer<A> & NoInfer<B>>,
  ): Routes;
  <A extends object, B extends object, C extends object>(
    path: string,
    a: Step<A>,
    b: Step<B>,
    c: Step<C>,
    handler: Handler<NoInfer<A> & NoInfer<B> & NoInfer<C>>,
  ): Routes;
  <A extends object, B extends object, C extends object, D extends object>(
    path: string,
    a: Step<A>,
    b: Step<B>,
    c: Step<C>,
    d: Step<D>,
    handler: Handler<NoInfer<A> & NoInfer<B> & NoInfer<C> & NoInfer<D>>,
  ): Routes;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly steps: readonly Koa.Middleware[];
}

/**
 * The routes of one noun. Each reads `path, allow(scope), expects(schema), handler`: `allow` or `anyone` is compulsory, and
 * comes first, and counts the request for the rate limits. `GET` answers `HEAD` too.
 */
export class Routes {
  readonly all: Route[] = [];
  readonly get = this.#adder("GET");
  readonly head = this.#adder("HEAD");
  readonly options = this.#adder("OPTIONS");
  readonly post = this.#adder("POST");
  readonly put = this.#adder("PUT");
  readonly patch = this.#adder("PATCH");
  readonly delete = this.#adder("DELETE");

  #adder(method: string): AddRoute {
    return (path: string, ...steps: readonly unknown[]) => {
      const route = { method, path, steps: steps as readonly Koa.Middleware[] };
      if (accessOf(route.steps) === undefined) {
        throw new Error(`${method} ${path} does not say who may use it`);
      }
      this.all.push(route);
      return this;
    };
  }
}

/** What a route's steps say about who may use it. */
export function accessOf(steps: readonly Step<never>[]): Access | undefined {
  return steps.find(({ access }) => access !== undefined)?.access;
}

/** What a route's steps say about its rate limits. */
export function costOf(steps: readonly Step<never>[]): Cost | undefined {
  return steps.find(({ cost }) => cost !== undefined)?.cost;
}

/** What a route's steps say about the kinds of credentials that it accepts; `undefined`: all that its door accepts. */
export function kindsOf(steps: readonly Step<never>[]): readonly ProofKind[] | undefined {
  return steps.find(({ by }) => by !== undefined)?.by;
}

/** What a route's steps say about its requests. */
export function schemaOf(steps: readonly Step<never>[]): RequestSchema {
  return steps.find(({ schema }) => schema !== undefined)?.schema ?? {};
}

/** Routes, and the paths below which they are served; `""` is the root. */
export interface Mount {
  readonly prefixes: readonly string[];
  readonly routes: Routes;
}

/** Methods whose requests have content that means something (RFC 9110 §9.3, RFC 5789). */
const CONTENT_METHODS = ["PATCH", "POST", "PUT"];

/**
 * Puts routes into one router. Before the handler of a route that takes content, {@link refuseChangedContent} stands. A path in another letter case, or with a slash at its end, is another path and not found.
 */
export function createRouter(mounts: readonly Mount[]): Router {
  const router = new Router({ sensitive: true, strict: true });
  for (const { prefixes, routes } of mounts) {
    for (const prefix of prefixes) {
      for (const { method, path, steps } of routes.all) {
        const check = CONTENT_METHODS.includes(method) ? [refuseChangedContent] : [];
        router.register(prefix + path, [method], inOrder(steps).toSpliced(-1, 0, ...check));
      }
    }
  }
  return router;
}

function inOrder(steps: readonly Koa.Middleware[]): readonly Koa.Middleware[] {
  const isOutermost = (step: Koa.Middleware) => "isOutermost" in step && step.isOutermost === true;
  return [...steps.filter(isOutermost), ...steps.filter((step) => !isOutermost(step))];
}
