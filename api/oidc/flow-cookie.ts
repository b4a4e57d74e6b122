import type { Context } from "koa";
import type { FirstStep } from "../../common/accounts/second-step.js";
import type { Handshake } from "../../common/oidc/provider.js";
import type { Id } from "../../common/platform/ids.js";
import { cookieName } from "../http/cookie-name.js";

/** A person may take so long at the provider, and so long for the second factor. */
const LIFETIME_MS = 10 * 60_000;

/** `link` is for `accountId` alone. */
export type Purpose =
  { readonly kind: "sign-in" | "restore" } | { readonly kind: "link"; readonly accountId: Id };

/** What a browser keeps while it is at the provider. */
export interface Flow {
  readonly purpose: Purpose;
  readonly handshake: Handshake;
  /** A path of this server. */
  readonly returnTo: string;
  /** Exactly as the provider was told. */
  readonly redirectUri: string;
}

/** What a browser keeps after the provider, while the second factor is missing. */
export interface Waiting extends Omit<FirstStep, "signedInAt"> {
  /** In milliseconds since 1970. */
  readonly signedInAtMs: number;
  /** A path of this server. */
  readonly returnTo: string;
}

/**
 * A step of a sign-in that a browser keeps, in a signed cookie: so an answer of the provider that somebody else has begun, or that came before, is worth
 * nothing. The browser sends it when it comes back, because that is a navigation (`SameSite=Lax`).
 */
export class FlowCookie<T extends object> {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  keep(ctx: Context, step: T): void {
    const kept = { ...step, endsAt: Date.now() + LIFETIME_MS };
    const value = Buffer.from(JSON.stringify(kept)).toString("base64url");
    const attributes = { signed: true, httpOnly: true, sameSite: "lax" } as const;
    ctx.cookies.set(this.#nameFor(ctx), value, { ...attributes, maxAge: LIFETIME_MS });
  }

  /** `undefined` if the browser has none, or got it too long ago. */
  read(ctx: Context): T | undefined {
    const value = ctx.cookies.get(this.#nameFor(ctx), { signed: true });
    if (value === undefined) return undefined;
    // It is signed: what is in it was written by `keep`.
    const { endsAt, ...step } = JSON.parse(Buffer.from(value, "base64url").toString()) as T & {
      readonly endsAt: number;
    };
    return endsAt > Date.now() ? (step as unknown as T) : undefined;
  }

  /** Takes it from the browser: it counts once. */
  drop(ctx: Context): void {
    ctx.cookies.set(this.#nameFor(ctx), null, { signed: true, httpOnly: true, sameSite: "lax" });
  }

  #nameFor(ctx: Context): string {
    return cookieName(this.#name, ctx.secure);
  }
}

/** While the person is at the provider. */
export const flowCookie = new FlowCookie<Flow>("stowage_oidc");

/** While the second factor is missing. */
export const waitingCookie = new FlowCookie<Waiting>("stowage_second_factor");
