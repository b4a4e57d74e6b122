import type Koa from "koa";
import type { Actor } from "../../common/access/actor.js";
import type { CredentialKind } from "../../common/credentials/credential.js";
import type { ErrorCode } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import type { Standing } from "../../common/rate-limits/policy.js";
import type { RateLimits } from "../../common/rate-limits/service.js";
import type { Client } from "./origin.js";
import type { Problem } from "./problem.js";

/** The part of the surface that a path belongs to. It decides what all routes below that path have in common. */
export interface Door {
  /** The credentials that its routes accept, in the order in which they are tried. */
  readonly credentials: readonly Credential[];
  readonly errors: ErrorPresenter;
  readonly readJson: JsonReader;
}

/**
 * Reads and parses a body of JSON, and on pages a form too, or throws what is wrong with it.
 *
 * @param largestBytes - How large it may be, where that is more than usual.
 */
export type JsonReader = (ctx: Context, largestBytes?: number) => Promise<unknown>;

/** What every request's `ctx.state` holds. */
export interface RequestState {
  /** Names the request in the log, in `X-Request-Id` and in problems. Always our own: one from outside is not believed. */
  requestId: Id;
  /** Writes entries that carry the request id. */
  log: Logger;
  client: Client;
  door: Door;
  /** How many requests clients may send; `undefined` where nothing is limited. */
  rateLimits?: RateLimits | undefined;
  /** How the client stands with the nearest limit that the request was counted for so far. */
  standing?: Standing | undefined;
  /** Whether it comes from a page of another origin that `CORS_ORIGINS` allows. It has no cookies then. */
  isAllowedOrigin?: boolean;
  /** Who makes the request; set by `allow`, or by the door of a link. */
  actor?: Actor;
  /** The link that the request came in by. */
  linkId?: Id;
  /** What a page has sent as a form. */
  sentForm?: Readonly<Record<string, string>>;
  /** Draws the page with the form again, where the problem is with its fields. Only for people. */
  redraw?: (problem: Problem) => PresentedError | undefined;
  /** The code of the problem that is the answer, if it is one. */
  problemCode?: ErrorCode;
}

export type Context = Koa.ParameterizedContext<RequestState>;

/** A valid credential of a request. */
export interface Proof<A extends Actor = Actor> {
  readonly actor: A;
  /** Prolongs the credential; called after the handler has succeeded. It does not throw. */
  readonly renew?: () => Promise<void>;
}

/** The kinds of credentials of accounts, and the token of a link. */
export type ProofKind = CredentialKind | "link";

/** One kind of credential. */
export interface Credential {
  readonly kind: ProofKind;
  /** How a client is told to send one, in `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly challenge: string;
  readonly read: CredentialReader;
  /** Reads it once more while its request is being answered, and leaves the header of the answer alone. Default: `read`. */
  readonly readAgain?: CredentialReader;
}

/** Reads credentials of one kind. Resolves to `undefined` when the request has none, or one that is not valid (any more). */
export type CredentialReader = (ctx: Context) => Promise<Proof | undefined>;

/** An error as one kind of client reads it. */
export interface PresentedError {
  /** The media type of the body. */
  readonly type: string;
  readonly body: string;
  /** The request's header field that it depends on. */
  readonly vary?: string;
  /** Header fields beside those that the problem's status asks for. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes errors for one kind of client. The status is always that of the problem. */
export interface ErrorPresenter {
  present(problem: Problem, ctx: Context): PresentedError;
}
