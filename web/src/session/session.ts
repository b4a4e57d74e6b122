import { signal } from "@preact/signals";
import { ask, whenSignedOut } from "../http/api.js";
import { Problem } from "../http/problem.js";
import { place } from "../routing/place.js";

/** The account that is signed in, as `GET /me` shows it. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly role: "member" | "admin";
  readonly email: string | null;
  readonly usage: {
    readonly bytes: number;
    readonly files: number;
    /** `null`: no limit. */
    readonly limitBytes: number | null;
  };
}

/** `undefined`: not known yet. `null`: nobody is signed in. */
export const me = signal<Account | null | undefined>(undefined);

/** What kept the account from being read, other than that nobody is signed in. */
export const entryFault = signal<unknown>(undefined);

/** Whether this browser may have a session. The cookie itself cannot be read, and asking without one is an error on the console. */
const HINT = "stowage.session";

/** Says that this browser may have a session from now on, or that it has none. */
export function expectSession(isExpected: boolean): void {
  if (isExpected) localStorage.setItem(HINT, "1");
  else localStorage.removeItem(HINT);
}

/** Finds out who is signed in. Pages that sign people in lead here with `?signed-in`. */
export async function loadMe(): Promise<void> {
  entryFault.value = undefined;
  if (place.value.query.has("signed-in")) expectSession(true);
  if (localStorage.getItem(HINT) === null) {
    me.value = null;
    return;
  }
  try {
    me.value = await ask<Account>("GET", "/me");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) leave();
    else entryFault.value = error;
  }
}

interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of a second factor. */
  readonly code?: string;
}

/** @throws Problem: `second-factor-required` where a code has to be given, too. */
export async function signIn(credentials: Credentials): Promise<void> {
  enter(await ask<Account>("POST", "/login", { body: credentials }));
}

/** @throws Problem */
export async function register(credentials: Credentials & { readonly invitation?: string }) {
  enter(await ask<Account>("POST", "/register", { body: credentials }));
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await ask("POST", "/logout");
  leave();
}

/** Shows the page to somebody who has just signed in. */
export function enter(account: Account): void {
  expectSession(true);
  me.value = account;
}

function leave(): void {
  expectSession(false);
  me.value = null;
}

whenSignedOut.add(leave);
