import type { ProblemText } from "./problem-text.js";

/** About the end of accounts, and single sign-on. */
export const ACCOUNT_TEXTS = {
  "account-deleted": {
    meaning:
      "This account is going to be deleted. Until the time that purgeAt says, all of it is kept.",
    remedy: "To keep it, send POST /me/restore with the same username and password.",
  },
  "already-linked": {
    meaning: "This account, or this person at the OpenID provider, is linked already.",
    remedy: "Send DELETE /me/oidc first, with the account that is linked.",
  },
  "email-taken": {
    meaning: "Another account has confirmed this e-mail address already.",
    remedy: "Use another address, or remove this one from the other account with PATCH /me.",
  },
  "mail-off": {
    meaning: "This server sends no mails, so nobody can ask it for a link by mail.",
    remedy: "Ask an admin of this server for a link to set a new password.",
  },
  "not-admitted": {
    meaning: "The OpenID provider knows you, and this server does not let you in.",
    remedy:
      "Sign in with your password and link your account with POST /me/oidc, or ask an admin of this server.",
  },
  "only-sign-in": {
    meaning: "The account has no password: without the OpenID provider nobody could sign in to it.",
    remedy: "Set a password with PUT /me/password first.",
  },
  "single-sign-on-failed": {
    meaning:
      "What came back from the OpenID provider does not prove who you are, or the sign-in was not begun in this browser.",
    remedy: "Begin again with GET /login/oidc.",
  },
} satisfies Readonly<Record<string, ProblemText>>;
