import type { Redis } from "../platform/redis.js";

/** What became of a try to send a mail: after `failed` comes another, after `given-up` none. */
export const MAIL_OUTCOMES = ["sent", "failed", "given-up"] as const;
export type MailOutcome = (typeof MAIL_OUTCOMES)[number];

/** What became of all mails, counted by all workers together in Redis. They begin at 0 again when that is wiped. */
export class MailOutcomes {
  readonly #redis: Redis;
  readonly #key: string;

  constructor({ redis, prefix }: { readonly redis: Redis; readonly prefix: string }) {
    this.#redis = redis;
    this.#key = `${prefix}:mail-outcomes`;
  }

  /** Makes nobody wait. What cannot be counted now is not counted. */
  count(outcome: MailOutcome): void {
    void this.#redis.hincrby(this.#key, outcome, 1).catch(() => undefined);
  }

  async list(): Promise<{ readonly outcome: MailOutcome; readonly count: number }[]> {
    const counts = await this.#redis.hgetall(this.#key);
    return MAIL_OUTCOMES.map((outcome) => ({ outcome, count: Number(counts[outcome] ?? 0) }));
  }
}
