import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { delayAfter, restAfter } from "../../../common/webhooks/back-off.js";
import { secretText, signatureHeaders } from "../../../common/webhooks/signature.js";

const [id, body] = ["msg_1", JSON.stringify({ type: "file.created", name: "ä.txt" })];
const now = () => Math.floor(Date.now() / 1000);

describe("The signature of a delivery", () => {
  test("is accepted by the library of Standard Webhooks, and only with its body, id and secret", () => {
    const secret = randomBytes(32);
    const headers = signatureHeaders({ id, timestamp: now(), body }, [secret]);
    const verifier = new Webhook(secretText(secret));

    expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
    expect(headers["webhook-signature"]).toBe(verifier.sign(id, new Date(now() * 1000), body));
    expect(() => verifier.verify(`${body} `, headers)).toThrow("signature");
    expect(() => verifier.verify(body, { ...headers, "webhook-id": "msg_2" })).toThrow("signature");
    const other = new Webhook(secretText(randomBytes(32)));
    expect(() => other.verify(body, headers)).toThrow("signature");
  });

  test("is made with each secret", () => {
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const headers = signatureHeaders({ id, timestamp: now(), body }, [one, other]);

    expect(new Webhook(secretText(one)).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(secretText(other)).verify(body, headers)).toEqual(JSON.parse(body));
    expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
  });
});

describe("The tries of a delivery", () => {
  const delaysMs = (random: number) => {
    const found: number[] = [];
    for (let tries = 1; ; tries += 1) {
      const delayMs = delayAfter(tries, random);
      if (delayMs === undefined) return found;
      found.push(delayMs);
    }
  };

  test("begin after seconds, and go on for three days", () => {
    const found = delaysMs(0);

    expect(found.slice(0, 4)).toEqual([5000, 30_000, 120_000, 600_000]);
    expect(found.toSorted((a, b) => a - b)).toEqual(found);
    const days = (random: number) => delaysMs(random).reduce((sum, ms) => sum + ms) / 86_400_000;
    expect(days(0)).toBeGreaterThan(2.9);
    expect(days(1)).toBeLessThan(3.7);
  });

  test("leave an endpoint alone that seems to be away, for 5 minutes at most", () => {
    const rests = Array.from({ length: 50 }, (_, failures) => restAfter(failures));

    expect(rests.slice(0, 7)).toEqual([0, 0, 0, 0, 5000, 10_000, 20_000]);
    expect(Math.max(...rests)).toBe(300_000);
  });
});
