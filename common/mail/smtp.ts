import { createTransport } from "nodemailer";
import { tlsOptionsOf } from "../platform/store-tls.js";
import type { Mailbox, SmtpServer } from "./settings.js";

/** How long the mail server may take for a connection, its greeting, or to answer a command, in milliseconds. */
const TIMEOUT_MS = { connection: 10_000, greeting: 10_000, silence: 20_000, dns: 10_000 } as const;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
/** The commands whose 5xx is about this mail: trying again would not help (RFC 5321 §4.2.1). */
const ABOUT_THE_MAIL = /^(?:MAIL FROM|RCPT TO|DATA)/;

/** A mail as it is handed over. */
export interface Letter {
  /** Makes its Message-ID: a mail that is sent twice has the same one, and readers show it once. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
}

/** A mail was not taken. */
export class SmtpError extends Error {
  /** Whether trying again would not help. */
  readonly isPermanent: boolean;

  /** @param reason - Has no address: servers repeat those in their answers. */
  constructor(reason: string, isPermanent: boolean) {
    super(`The mail server did not take the mail (${reason})`);
    this.isPermanent = isPermanent;
  }
}

interface Options {
  readonly server: SmtpServer;
  /** How its certificate is verified: see `StoreTls`. */
  readonly tls: { readonly ca: string | undefined; readonly isVerified: boolean };
  readonly from: Mailbox;
  /** The host of `PUBLIC_URL`: what the server is greeted with, and what Message-IDs end with. */
  readonly host: string;
}

/** Hands mails over to the mail server, on a connection for each. */
export class Smtp {
  readonly #transport: ReturnType<typeof transportTo>;
  readonly #from: Mailbox;
  readonly #host: string;

  constructor(options: Options) {
    this.#from = options.from;
    this.#host = options.host;
    this.#transport = transportTo(options);
  }

  /** @throws {@link SmtpError} */
  async send({ id, to, subject, text, at }: Letter, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await this.#transport.sendMail({
        // As objects: no text is read as a list of addresses.
        from: { ...this.#from },
        to: { name: "", address: to },
        subject,
        text,
        date: at,
        messageId: `<${id}@${this.#host}>`,
        // RFC 3834 §5: no out-of-office notice answers it.
        headers: { "Auto-Submitted": "auto-generated" },
        signal,
      });
    } catch (error) {
      throw translate(error);
    }
  }
}

function transportTo({ server: { host, port, isSecure, login }, tls, ...options }: Options) {
  return createTransport({
    host,
    port,
    secure: isSecure,
    // Who listens on the way, or takes STARTTLS out of the answer, must not learn the password.
    requireTLS: login !== undefined && !isSecure && !LOOPBACK.test(host),
    ...(login !== undefined && { auth: login }),
    name: options.host,
    tls: { ...tlsOptionsOf(tls), minVersion: "TLSv1.2" as const },
    connectionTimeout: TIMEOUT_MS.connection,
    greetingTimeout: TIMEOUT_MS.greeting,
    socketTimeout: TIMEOUT_MS.silence,
    dnsTimeout: TIMEOUT_MS.dns,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Not kept as a cause, to be logged: it has the address, and what the server says. */
function translate(error: unknown): SmtpError {
  const { code, responseCode, command } = error as Readonly<Record<string, unknown>>;
  const status = typeof responseCode === "number" ? responseCode : undefined;
  const isAboutTheMail = typeof command === "string" && ABOUT_THE_MAIL.test(command);
  const reason = [code, command, status].filter(isWord).join(" ");
  const isPermanent = isAboutTheMail && status !== undefined && status >= 500;
  return new SmtpError(reason === "" ? "unknown" : reason, isPermanent);
}

const isWord = (part: unknown) => typeof part === "string" || typeof part === "number";
