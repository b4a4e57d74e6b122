import type { CredentialDoc } from "./credential.js";

/** So long a used refresh token gets the same answer again: the answer may be lost, and two tabs may send it. */
const GRACE_MS = 10_000;

/** A refresh token that was used lately. */
interface RecentUse {
  readonly hash: string;
  /** When it was used; the access token of its answer is as old. */
  readonly at: Date;
}

/** A family of tokens as it is stored. */
export interface Family extends CredentialDoc {
  readonly details: {
    /** The latest last. */
    readonly uses: readonly RecentUse[];
  } & CredentialDoc["details"];
}

export const isFamily = (doc: CredentialDoc): doc is Family => doc.kind === "token";

/** Whether a token that was used then still gets the same answer. */
export const isRecent = ({ at }: RecentUse, now: Date) => now.getTime() - at.getTime() <= GRACE_MS;
