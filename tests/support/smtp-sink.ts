import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { eventually } from "./eventually.js";

/** A mail that the sink has taken. */
export interface SunkMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, with CRLF. */
  readonly source: string;
  readonly isEncrypted: boolean;
}

interface Options {
  /** Makes it offer STARTTLS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** The port; by default a free one. */
  readonly port?: number;
}

/** A mail server over real sockets, as small as it can be (RFC 5321), which keeps what it is sent. */
export class SmtpSink {
  readonly mails: SunkMail[] = [];
  /** Each command that came, in capitals. */
  readonly commands: string[] = [];
  /** What it answers to commands that begin so, instead of taking them. `DATA.` is the end of a mail; without text it says nothing. */
  readonly refusals = new Map<string, string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #options: Options;

  private constructor(options: Options) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#serve(socket, false);
      socket.write("220 sink ESMTP\r\n");
    });
  }

  static async start(options: Options = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(options);
    sink.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What a process is started with that sends its mails here. */
  get settings() {
    return {
      SMTP_URL: `smtp://127.0.0.1:${this.port}`,
      MAIL_FROM: "stowage@files.example",
      PUBLIC_URL: "http://files.example",
    };
  }

  /** The last mail to an address, once it is there. */
  async mailTo(address: string, subject = ""): Promise<SunkMail> {
    const find = () =>
      this.mails.findLast(
        ({ to, source }) => to.includes(address) && source.includes(`Subject: ${subject}`),
      );
    const found = await eventually(find, (mail) => mail !== undefined);
    if (found === undefined) throw new Error("There is no such mail");
    return found;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket, isEncrypted: boolean): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    const session = new Session(this, { isEncrypted, canUpgrade: this.#canUpgrade(isEncrypted) });
    socket.on("data", (bytes) => {
      const { answers, upgrades } = session.read(bytes.toString("utf8"));
      for (const answer of answers) socket.write(`${answer}\r\n`);
      if (upgrades) this.#upgrade(socket);
    });
  }

  #canUpgrade = (isEncrypted: boolean) => this.#options.certificate !== undefined && !isEncrypted;

  #upgrade(socket: Socket): void {
    socket.removeAllListeners("data");
    const secureContext = createSecureContext(this.#options.certificate);
    this.#serve(new TLSSocket(socket, { isServer: true, secureContext }), true);
  }
}

/** One connection. */
class Session {
  readonly #sink: SmtpSink;
  readonly #way: { readonly isEncrypted: boolean; readonly canUpgrade: boolean };
  #buffer = "";
  #isInMail = false;
  #from = "";
  #to: string[] = [];

  constructor(sink: SmtpSink, way: { isEncrypted: boolean; canUpgrade: boolean }) {
    this.#sink = sink;
    this.#way = way;
  }

  read(text: string): { answers: string[]; upgrades: boolean } {
    this.#buffer += text;
    const answers: string[] = [];
    for (;;) {
      const end = this.#isInMail ? "\r\n.\r\n" : "\r\n";
      const at = this.#buffer.indexOf(end);
      if (at === -1) return { answers, upgrades: false };
      const part = this.#buffer.slice(0, at);
      this.#buffer = this.#buffer.slice(at + end.length);
      const answer = this.#isInMail ? this.#takeMail(part) : this.#obey(part);
      if (answer !== "") answers.push(answer);
      if (answer.startsWith("220")) return { answers, upgrades: true };
    }
  }

  #takeMail(source: string): string {
    this.#isInMail = false;
    const refusal = this.#sink.refusals.get("DATA.");
    if (refusal !== undefined) return refusal;
    const { isEncrypted } = this.#way;
    this.#sink.mails.push({ from: this.#from, to: this.#to, source, isEncrypted });
    this.#to = [];
    return "250 taken";
  }

  #obey(line: string): string {
    const command = line.toUpperCase();
    this.#sink.commands.push(command);
    for (const [beginning, answer] of this.#sink.refusals) {
      if (command.startsWith(beginning)) return answer;
    }
    const [word = ""] = command.split(/[ :]/);
    switch (word) {
      case "EHLO":
        return this.#way.canUpgrade
          ? "250-sink\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 SMTPUTF8"
          : "250-sink\r\n250-AUTH PLAIN\r\n250 SMTPUTF8";
      case "STARTTLS":
        return "220 go ahead";
      case "AUTH":
        return "235 welcome";
      case "MAIL":
        this.#from = addressIn(line);
        return "250 ok";
      case "RCPT":
        this.#to.push(addressIn(line));
        return "250 ok";
      case "DATA":
        this.#isInMail = true;
        return "354 send it";
      case "QUIT":
        return "221 bye";
      default:
        return "250 ok";
    }
  }
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";

/** A mail with the lines put together that quoted-printable has folded. */
export const unfolded = ({ source }: SunkMail) => source.replace(/=\r\n/g, "").replace(/=3D/g, "=");

/** The whole URL of the link in a mail. */
export function linkIn(mail: SunkMail): URL {
  const text = unfolded(mail);
  const [link] = /http:\/\/\S+/g.exec(text.slice(text.indexOf("here:"))) ?? [];
  if (link === undefined) throw new Error(`There is no link in ${text}`);
  return new URL(link);
}
