import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { SmtpServer } from "../../../common/mail/settings.js";
import { Smtp, SmtpError } from "../../../common/mail/smtp.js";
import { makeCertificate } from "../../support/certificate.js";
import { needs } from "../../support/needs.js";
import { SmtpSink } from "../../support/smtp-sink.js";

const { describe, test } = needs("openssl");

let folder: string;
let pem: string;
let key: string;
let sink: SmtpSink;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-smtp-"));
  const certificate = await makeCertificate(folder);
  pem = certificate.pem;
  key = readFileSync(certificate.keyPath, "utf8");
});

afterEach(() => sink.close());

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;

const letter = (changes: object = {}) => ({
  id: newId(),
  to: "somebody@example.com",
  subject: "Hello",
  text: "Hello\n",
  at: new Date(),
  ...changes,
});

interface Terms extends Partial<SmtpServer> {
  readonly ca?: string;
  readonly isVerified?: boolean;
  readonly name?: string;
}

const smtp = ({ ca, isVerified = true, name = "Stowage", ...server }: Terms = {}) =>
  new Smtp({
    server: { host: "127.0.0.1", port: sink.port, isSecure: false, login: undefined, ...server },
    tls: { ca, isVerified },
    from: { name, address: "files@example.com" },
    host: "files.example.com",
  });

const refusal = async (sent: Promise<void>) => {
  const error: unknown = await sent.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  if (!(error instanceof SmtpError)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};

describe("Handing mails over", () => {
  test("upgrades the connection where the server offers that, and signs in afterwards", async () => {
    sink = await SmtpSink.start({ certificate: { key, cert: pem } });

    await smtp({ ca: pem, login: { user: "u", pass: "p" } }).send(letter(), never);

    expect(sink.mails).toMatchObject([{ isEncrypted: true, to: ["somebody@example.com"] }]);
    expect(sink.commands.findIndex((line) => line.startsWith("AUTH"))).toBeGreaterThan(
      sink.commands.indexOf("STARTTLS"),
    );
  });

  test("sends nothing over a connection whose certificate is not known", async () => {
    sink = await SmtpSink.start({ certificate: { key, cert: pem } });

    const error = await refusal(smtp().send(letter(), never));

    expect(error.isPermanent).toBe(false);
    expect(sink.mails).toEqual([]);
    await smtp({ isVerified: false }).send(letter(), never);
    expect(sink.mails).toHaveLength(1);
  });

  test("gives no password to a server elsewhere that offers no TLS, or refuses it", async () => {
    sink = await SmtpSink.start();
    const login = { user: "u", pass: "p" };
    // Another name of this machine, that is not known to be one.
    const elsewhere = smtp({ host: "0.0.0.0", login });

    await refusal(elsewhere.send(letter(), never));
    sink.refusals.set("STARTTLS", "454 not now");
    await refusal(elsewhere.send(letter(), never));

    expect(sink.commands.filter((line) => line.startsWith("AUTH"))).toEqual([]);
    expect(sink.mails).toEqual([]);
  });

  test("writes one mail to one address, whatever the texts have in them", async () => {
    sink = await SmtpSink.start();
    const evil = "x\r\nBcc: evil@example.com\r\n\r\nbody";

    await smtp({ name: evil }).send(letter({ subject: evil, to: "ünï+a@example.com" }), never);

    const [mail] = sink.mails;
    const head = mail?.source.split("\r\n\r\n")[0] ?? "";
    expect(mail?.to).toEqual(["ünï+a@example.com"]);
    expect(head).not.toMatch(/^Bcc/im);
    expect(head).toMatch(/^Subject: /m);
    expect(head.match(/^From: /gm)).toHaveLength(1);
  });

  test("gives the same mail the same Message-ID", async () => {
    sink = await SmtpSink.start();
    const mail = letter();

    await smtp().send(mail, never);
    await smtp().send(mail, never);

    const ids = sink.mails.map(({ source }) => /^Message-ID: (.*)$/im.exec(source)?.[1]?.trim());
    expect(ids).toEqual(Array(2).fill(`<${mail.id}@files.example.com>`));
  });

  test.each([
    ["RCPT", "550 no such user", true],
    ["RCPT", "451 greylisted", false],
    ["MAIL", "550 not you", true],
    ["DATA.", "554 spam", true],
    ["DATA.", "452 full", false],
    ["EHLO", "554 go away", false],
    ["AUTH", "535 wrong password", false],
  ])("takes %s answered by %s for final: %s", async (command, answer, isPermanent) => {
    sink = await SmtpSink.start();
    sink.refusals.set(command, answer);
    if (command === "EHLO") sink.refusals.set("HELO", answer);

    const error = await refusal(smtp({ login: { user: "u", pass: "p" } }).send(letter(), never));

    expect(error.isPermanent).toBe(isPermanent);
    expect(error.message).toContain(answer.slice(0, 3));
    expect(error.message).not.toMatch(/somebody|example/);
  });

  test("gives up a server that is not there, and one that says nothing, as soon as it is told to", async () => {
    sink = await SmtpSink.start();
    sink.refusals.set("DATA.", "");
    const stop = new AbortController();
    const sent = refusal(smtp().send(letter(), stop.signal));
    stop.abort(new Error("The worker is stopping"));
    expect((await sent).isPermanent).toBe(false);

    const toNobody = smtp();
    await sink.close();
    const gone = await refusal(toNobody.send(letter(), never));
    sink = await SmtpSink.start();
    expect(gone.isPermanent).toBe(false);
  });
});
