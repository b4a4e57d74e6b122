import type Koa from "koa";
import type { Actor } from "../../common/access/actor.js";
import type { ErrorCode } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import type { Client } from "./origin.js";
import type { Problem } from "./problem.js";

/** The part of the surface that a path belongs to. It decides what all routes below that path have in common. */
export interface Door {
  /** The credentials that its routes accept, in the order in which they are tried. */
  readonly credentials: readonly CredentialReader[];
  readonly errors: ErrorPresenter;
  /** Reads and parses a body of JSON, or throws what is wrong with it. */
  readonly readJson: (ctx: Context) => Promise<unknown>;
}

/** What every request's `ctx.state` holds. */
export interface RequestState {
  /** Names the request in the log, in `X-Request-Id` and in problems. Always our own: one from outside is not believed. */
  requestId: Id;
  /** Writes entries that carry the request id. */
  log: Logger;
  client: Client;
  door: Door;
  /** Who makes the request; set by `allow`. */
  actor?: Actor;
  /** The code of the problem that is the answer, if it is one. */
  problemCode?: ErrorCode;
}

export type Context = Koa.ParameterizedContext<RequestState>;

/** A valid credential of a request. */
export interface Proof {
  readonly actor: Actor;
  /** Prolongs the credential; called after the handler has succeeded. It does not throw. */
  readonly renew?: () => Promise<void>;
}

/** Reads credentials of one kind. Resolves to `undefined` when the request has none, or one that is not valid (any more). */
export type CredentialReader = (ctx: Context) => Promise<Proof | undefined>;

/** An error as one kind of client reads it. */
export interface PresentedError {
  /** The media type of the body. */
  readonly type: string;
  readonly body: string;
  /** Header fields beside those that the problem's status asks for. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes errors for one kind of client. The status is always that of the problem. */
export interface ErrorPresenter {
  present(problem: Problem, ctx: Context): PresentedError;
}
