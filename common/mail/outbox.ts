import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { NewMail } from "./mail.js";
import type { MailsRepository } from "./repository.js";

/** Beyond this no mail is taken: a flood of requests for unknown addresses must not fill the store. */
const MOST_MAILS = 100_000;
/** A mail that waits for longer is of no use to anybody, and its link is not valid any more. */
const KEPT_FOR_MS = 2 * 24 * 60 * 60_000;
/** So long what a mail tells of may take to be written. */
const HELD_FOR_MS = 60_000;

interface Deps {
  readonly mails: Pick<MailsRepository, "insert" | "setDue">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  /** Whether there is a mail server. */
  readonly isOn: boolean;
  readonly now: () => Date;
}

/** The mails that are to be sent. The worker sends each at least once, also when Redis loses its job. */
export class Outbox {
  /** Without a mail server nothing is kept, and nothing sent. */
  readonly isOn: boolean;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.isOn = deps.isOn;
  }

  /** Has a mail sent. */
  async send(mail: NewMail): Promise<void> {
    if (!this.isOn) return;
    const id = newId();
    if (await this.#insert(id, mail, this.#deps.now())) this.#enqueue(id);
  }

  /**
   * Writes a mail down that {@link release} has sent, once that is written what it tells of. If the process ends before, the worker takes
   * the mail a minute later, and drops it where nothing was written.
   */
  async hold(id: Id, mail: NewMail): Promise<void> {
    await this.#insert(id, mail, new Date(this.#deps.now().getTime() + HELD_FOR_MS));
  }

  async release(id: Id): Promise<void> {
    await this.#deps.mails.setDue(id, this.#deps.now());
    this.#enqueue(id);
  }

  #insert(id: Id, mail: NewMail, dueAt: Date): Promise<boolean> {
    const createdAt = this.#deps.now();
    const expiresAt = new Date(createdAt.getTime() + KEPT_FOR_MS);
    const doc = { _id: id, ...mail, createdAt, dueAt, attempts: 0, expiresAt };
    return this.#deps.mails.insert(doc, MOST_MAILS);
  }

  #enqueue(mailId: Id): void {
    this.#deps.jobs.enqueue({ name: "mail.send", data: { mailId } });
  }
}
