import { type Signal, signal } from "@preact/signals";
import { Problem } from "../http/problem.js";
import type { Link, LinkPolicy, LinkTerms, Permission } from "./link.js";

const DAYS = { day: 1, week: 7, month: 30 } as const;
const DAY_MS = 86_400_000;

/** How long a link is to be valid. `keep`: as it is. `date`: until a day that is chosen. */
export type Expiry = "keep" | "never" | keyof typeof DAYS | "date";

/** The fields that can be wrong. */
type FieldName = "password" | "expiresAt" | "maxDownloads";

/** What is filled in in the form of a link. */
export interface LinkDraft {
  readonly permission: Signal<Permission>;
  readonly label: Signal<string>;
  readonly password: Signal<string>;
  readonly removesPassword: Signal<boolean>;
  readonly expiry: Signal<Expiry>;
  /** As `YYYY-MM-DD`. */
  readonly lastDay: Signal<string>;
  readonly maxDownloads: Signal<string>;
  readonly notifies: Signal<boolean>;
  readonly wrong: Signal<FieldName | undefined>;
}

/** What a link is made from: the link that is to change, or only the rules. */
export interface DraftOf {
  readonly link?: Link;
  readonly policy: LinkPolicy;
}

const FEW_CHARACTERS = 8;

/** The form as it is opened. */
export function draftOf({ link, policy }: DraftOf): LinkDraft {
  const known = link?.kind === "share" ? link : undefined;
  const first: Permission = policy.permissions.includes("download")
    ? "download"
    : (policy.permissions[0] ?? "view");
  return {
    permission: signal(known?.permission ?? first),
    label: signal(link?.label ?? ""),
    password: signal(""),
    removesPassword: signal(false),
    expiry: signal<Expiry>(link !== undefined ? "keep" : (expiries({ policy })[0] ?? "date")),
    lastDay: signal(""),
    maxDownloads: signal(String(known?.maxDownloads ?? "")),
    notifies: signal(known?.notifiesFirstUse ?? false),
    wrong: signal<FieldName | undefined>(undefined),
  };
}

/** What can be chosen by the rules of the operator. */
export function expiries({ link, policy: { maxDays } }: DraftOf): readonly Expiry[] {
  const spans = (Object.keys(DAYS) as (keyof typeof DAYS)[]).filter(
    (name) => maxDays === null || DAYS[name] <= maxDays,
  );
  const kept = link === undefined ? [] : ["keep" as const];
  return [...kept, ...(maxDays === null ? ["never" as const] : []), ...spans, "date"];
}

/** What is to be sent: all for a new link, what differs for one that changes. `undefined` if something is wrong; the draft says what. */
export function termsOf(draft: LinkDraft, of: DraftOf): LinkTerms | undefined {
  const wrong = wrongIn(draft, of);
  draft.wrong.value = wrong;
  if (wrong !== undefined) return undefined;
  const { link } = of;
  const label = draft.label.value.trim() || null;
  const expiresAt = expiryOf(draft);
  return {
    ...(label !== (link?.label ?? null) && { label }),
    ...(expiresAt !== undefined && expiresAt !== (link?.expiresAt ?? null) && { expiresAt }),
    ...((link === undefined || link.kind === "share") && shareTerms(draft, link)),
  };
}

function shareTerms(draft: LinkDraft, link: (Link & { kind: "share" }) | undefined): LinkTerms {
  const permission = draft.permission.value;
  const password = draft.password.value;
  const notifiesFirstUse = draft.notifies.value;
  const maxDownloads = permission === "upload" ? null : numberIn(draft.maxDownloads.value);
  return {
    ...(permission !== link?.permission && { permission }),
    ...(draft.removesPassword.value && { password: null }),
    ...(password !== "" && { password }),
    ...(maxDownloads !== (link?.maxDownloads ?? null) && { maxDownloads }),
    ...(notifiesFirstUse !== (link?.notifiesFirstUse ?? false) && { notifiesFirstUse }),
  };
}

const numberIn = (text: string) => (text.trim() === "" ? null : Number(text));

/** `undefined`: as it is. */
function expiryOf({ expiry, lastDay }: LinkDraft): string | null | undefined {
  if (expiry.value === "keep") return undefined;
  if (expiry.value === "never") return null;
  if (expiry.value !== "date")
    return new Date(Date.now() + DAYS[expiry.value] * DAY_MS).toISOString();
  // The end of the day, where the person is.
  return new Date(`${lastDay.value}T23:59:59`).toISOString();
}

function wrongIn(draft: LinkDraft, { link, policy }: DraftOf): FieldName | undefined {
  const { length } = draft.password.value;
  if (length > 0 && length < FEW_CHARACTERS) return "password";
  if (length === 0 && policy.needsPassword && link === undefined) return "password";
  if (
    draft.expiry.value === "date" &&
    !(Date.parse(`${draft.lastDay.value}T23:59:59`) > Date.now())
  )
    return "expiresAt";
  const most = numberIn(draft.maxDownloads.value);
  if (most !== null && !(Number.isInteger(most) && most >= 1)) return "maxDownloads";
  return undefined;
}

/** Which field of the form a refusal is about; `undefined` for something else. */
export function fieldOf(error: unknown): FieldName | undefined {
  if (!(error instanceof Problem)) return undefined;
  const names: readonly FieldName[] = ["password", "expiresAt", "maxDownloads"];
  return names.find((name) => error.errors.some(({ pointer }) => pointer?.endsWith(`/${name}`)));
}
