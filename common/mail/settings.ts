import type { ConfigOf } from "../platform/config.js";
import {
  optional,
  optionalSecrets,
  type Setting,
  SettingError,
  topic,
} from "../platform/setting.js";
import { tlsCa, tlsVerify } from "../platform/store-tls.js";
import { parseAddress } from "./address.js";

/** Where mails are handed over, and how. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Whether TLS begins with the connection (RFC 8314 §3.3); otherwise with STARTTLS, where the server offers that. */
  readonly isSecure: boolean;
  /** `undefined` where the server asks for none. */
  readonly login: { readonly user: string; readonly pass: string } | undefined;
}

/** Who mails come from. */
export interface Mailbox {
  /** May be empty. */
  readonly name: string;
  readonly address: string;
}

const smtpUrl = optional(
  "SMTP_URL",
  "The mail server that takes mails, with the credentials in it: smtps://user:password@mail.example.com for TLS, smtp:// for STARTTLS. Empty: no mails. Needs MAIL_FROM and PUBLIC_URL.",
  (text) => (text === "" ? undefined : parseServer(text)),
);

const ownSecrets = optionalSecrets(
  "MAIL_SECRETS",
  "The secrets that links in mails are made with, separated by commas; the same for web and worker. The first makes them; all verify. Empty: SESSION_SECRETS.",
);

const sessionSecrets = optionalSecrets("SESSION_SECRETS", "");

type Environment = Parameters<Setting<unknown>["read"]>[0];

/** Sending mails. */
export const mailSettings = topic("Mail", {
  smtpServer: {
    ...smtpUrl,
    read: (env) => {
      const server = smtpUrl.read(env);
      if (server !== undefined) refuseHalf(env);
      return server;
    },
  },
  smtpTlsCa: tlsCa("SMTP_TLS_CA", "the mail server"),
  smtpTlsVerify: tlsVerify("SMTP_TLS_VERIFY", "the mail server"),
  mailFrom: {
    ...optional(
      "MAIL_FROM",
      "Who mails come from, such as files@example.com or Stowage <files@example.com>.",
      (text) => (text === "" ? undefined : parseMailbox(text)),
    ),
    isSecret: false,
  },
  mailSecrets: {
    ...ownSecrets,
    // Where no mails are sent, the worker needs no secret of sessions.
    read: (env) =>
      ownSecrets.read(env) ?? (isSet(env, "SMTP_URL") ? sessionSecrets.read(env) : undefined) ?? [],
  },
});

export type MailSettings = ConfigOf<typeof mailSettings>;

/** A mail needs an address that it comes from, and links that lead somewhere. The `Host` field of a request is no such place: its client chooses it. */
function refuseHalf(env: Environment): void {
  const isMissing = (name: string) => !isSet(env, name);
  const missing = ["MAIL_FROM", "PUBLIC_URL"].filter(isMissing);
  if (["MAIL_SECRETS", "SESSION_SECRETS"].every(isMissing)) {
    missing.push("MAIL_SECRETS (or SESSION_SECRETS)");
  }
  if (missing.length > 0) throw new SettingError(`SMTP_URL needs ${missing.join(", ")}`);
}

const isSet = (env: Environment, name: string) => (env[name]?.trim() ?? "") !== "";

function parseServer(text: string): SmtpServer {
  const isUrl = /^smtps?:\/\/[^/?#\s]+\/?$/i.test(text) && URL.canParse(text);
  const url = isUrl ? new URL(text) : undefined;
  const [user, pass] = [decoded(url?.username), decoded(url?.password)];
  if (url === undefined || url.hostname === "" || user === undefined || pass === undefined) {
    throw new SettingError(
      "SMTP_URL must be smtp:// or smtps:// with a host, such as smtps://user:password@mail.example.com, without a path; characters like @ and / in the password are percent-encoded",
    );
  }
  const isSecure = url.protocol === "smtps:";
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    login: user === "" ? undefined : { user, pass },
  };
}

function decoded(text = ""): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseMailbox(text: string): Mailbox {
  const [, name = "", inBrackets] = /^(?:"?([^"<>\r\n]{0,64}?)"?\s*)<([^<>]+)>$/.exec(text) ?? [];
  const address = parseAddress(inBrackets ?? text);
  if (address === undefined) {
    throw new SettingError(
      "MAIL_FROM must be an address, such as files@example.com or Stowage <files@example.com>",
    );
  }
  return { name: name.trim(), address };
}
