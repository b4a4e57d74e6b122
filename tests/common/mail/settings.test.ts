import { describe, expect, test } from "@jest/globals";
import { webSettings } from "../../../api/settings.js";
import { mailSettings } from "../../../common/mail/settings.js";
import { ConfigError, loadConfig } from "../../../common/platform/config.js";
import { workerSettings } from "../../../worker/settings.js";

const SECRET = "0123456789abcdef0123456789abcdef";

const COMPLETE = {
  SMTP_URL: "smtps://user%40a:p%2Fw@mail.example.com",
  MAIL_FROM: "Stowage <files@example.com>",
  PUBLIC_URL: "https://files.example.com",
  MAIL_SECRETS: SECRET,
};

const load = (env: Record<string, string>) => loadConfig(mailSettings, env);

function faultOf(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("The settings of mails", () => {
  test("may all be missing: then no mails are sent", () => {
    expect(load({})).toMatchObject({ smtpServer: undefined, mailFrom: undefined, mailSecrets: [] });
  });

  test("have the credentials of the mail server in its URL", () => {
    expect(load(COMPLETE)).toMatchObject({
      smtpServer: {
        host: "mail.example.com",
        port: 465,
        isSecure: true,
        login: { user: "user@a", pass: "p/w" },
      },
      mailFrom: { name: "Stowage", address: "files@example.com" },
    });
  });

  test.each([
    ["smtp://mail.example.com", { host: "mail.example.com", port: 587, isSecure: false }],
    ["smtp://127.0.0.1:25/", { host: "127.0.0.1", port: 25, isSecure: false }],
    ["smtps://[::1]:2465", { host: "::1", port: 2465, isSecure: true }],
  ])("take %s", (url, server) => {
    expect(load({ ...COMPLETE, SMTP_URL: url }).smtpServer).toEqual({
      ...server,
      login: undefined,
    });
  });

  test.each([
    ["http://mail.example.com"],
    ["smtp://"],
    ["mail.example.com"],
    ["smtp://a b@mail.example.com"],
    ["smtp://mail.example.com/path"],
    ["smtp://mail.example.com?tls.rejectUnauthorized=false"],
    ["smtp://user:%zz@mail.example.com"],
  ])("refuse %s, and repeat no password", (url) => {
    const fault = faultOf({ ...COMPLETE, SMTP_URL: url });

    expect(fault).toContain("SMTP_URL must be");
    expect(fault).not.toMatch(/zz|rejectUnauthorized/);
  });

  test.each([["MAIL_FROM"], ["PUBLIC_URL"]])("need %s beside SMTP_URL", (name) => {
    expect(faultOf({ ...COMPLETE, [name]: "" })).toBe(`SMTP_URL needs ${name}`);
  });

  test("need a secret for links, which may be that of the sessions", () => {
    const rest = { ...COMPLETE, MAIL_SECRETS: "" };

    expect(faultOf(rest)).toBe("SMTP_URL needs MAIL_SECRETS (or SESSION_SECRETS)");
    expect(load({ ...rest, SESSION_SECRETS: SECRET }).mailSecrets).toEqual([SECRET]);
  });

  test.each([
    ["files@example.com", { name: "", address: "files@example.com" }],
    [
      '"Files, and more" <files@example.com>',
      { name: "Files, and more", address: "files@example.com" },
    ],
    ["<files@example.com>", { name: "", address: "files@example.com" }],
    [
      "Dateien für alle <files@bücher.example>",
      { name: "Dateien für alle", address: "files@xn--bcher-kva.example" },
    ],
  ])("take %s for who mails come from", (text, mailbox) => {
    expect(load({ ...COMPLETE, MAIL_FROM: text }).mailFrom).toEqual(mailbox);
  });

  test.each([["nobody"], ["a@b.example, c@d.example"], ["A\r\nBcc: x@y.example <a@b.example>"]])(
    "refuse %j for who mails come from",
    (text) => {
      expect(faultOf({ ...COMPLETE, MAIL_FROM: text })).toContain("MAIL_FROM must be an address");
    },
  );

  test("are the same for web and worker", () => {
    for (const name of [...Object.keys(mailSettings), "publicUrl"]) {
      expect(Object.keys(webSettings)).toContain(name);
      expect(Object.keys(workerSettings)).toContain(name);
    }
  });
});
