import { describe, expect, test } from "@jest/globals";
import { MailLinks } from "../../../common/mail/links.js";
import { newId } from "../../../common/platform/ids.js";

const [OLD, NEW] = ["an old secret of this test, long", "a new secret of this test, long"];

describe("The secret of a link in a mail", () => {
  test("is the same on every process with the same secrets, and another one for each mail", () => {
    const [one, other] = [newId(), newId()];

    expect(new MailLinks([OLD]).newest(one)).toBe(new MailLinks([OLD]).newest(one));
    expect(new MailLinks([OLD]).newest(one)).not.toBe(new MailLinks([OLD]).newest(other));
    expect(new MailLinks([OLD]).newest(one)).toMatch(/^[\w-]{43}$/);
  });

  test("is still known after the secrets were renewed, as long as the old one is among them", () => {
    const id = newId();
    const made = new MailLinks([OLD]).newest(id);

    expect(new MailLinks([NEW, OLD]).all(id)).toContain(made);
    expect(new MailLinks([NEW]).all(id)).not.toContain(made);
    expect(new MailLinks([NEW, OLD]).newest(id)).not.toBe(made);
  });
});
