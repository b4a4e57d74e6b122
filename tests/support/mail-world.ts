import { randomBytes } from "node:crypto";
import type { AccountDoc } from "../../common/accounts/account.js";
import type { World, WorldConfig } from "./world.js";
import { type Client, somebody } from "./client.js";
import { linkIn, type SmtpSink } from "./smtp-sink.js";

/** What people and mails call the server. */
export const SITE = "http://files.example";

/** Settings of a world that sends its mails to a sink. */
export const mailedTo = ({ port }: SmtpSink): Partial<WorldConfig> => ({
  smtpServer: { host: "127.0.0.1", port, isSecure: false, login: undefined },
  mailFrom: { name: "Stowage", address: "stowage@files.example" },
  mailSecrets: [randomBytes(32).toString("hex")],
  publicUrl: new URL(SITE),
});

const ME = "/api/v1/me";

/** Somebody with an account, and where mails to it go. */
export interface MailedPerson {
  readonly client: Client;
  readonly id: string;
  readonly username: string;
  readonly email: string;
}

/** Somebody with an account, signed in, and an address that nobody else has. It is not set yet. */
export async function newPerson(world: World): Promise<MailedPerson> {
  const credentials = somebody();
  const { username } = credentials;
  const client = world.visitor();
  const { id } = (await client.post("/api/v1/register", credentials)).json;
  return { client, id, username, email: `${username.toLowerCase()}@people.example` };
}

export const setEmail = (client: Client, email: string | null, password = "seven-purple-owls") =>
  client.send("PATCH", ME, { email, password });

/** The path of the link in the last mail to an address. */
export async function linkTo(world: World, sink: SmtpSink, email: string): Promise<string> {
  await world.settle();
  return linkIn(await sink.mailTo(email)).pathname;
}

/** Opens the page of a link, and presses its button. */
export const confirm = (world: World, path: string) =>
  fetch(world.url + path, { method: "POST", headers: { Accept: "text/html" } });

/** Somebody whose address is verified. */
export async function verifiedPerson(world: World, sink: SmtpSink): Promise<MailedPerson> {
  const person = await newPerson(world);
  await setEmail(person.client, person.email);
  const { status } = await confirm(world, await linkTo(world, sink, person.email));
  if (status !== 200) throw new Error(`Not confirmed: ${status}`);
  return person;
}

/** What `GET /me` shows of an account without an address. */
export const NO_EMAIL = { email: null, isEmailVerified: false, pendingEmail: null };

interface ShownEmail {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly pendingEmail: string | null;
}

export async function shownEmail(client: Client): Promise<ShownEmail> {
  const json = (await client.get(ME)).json as unknown as ShownEmail;
  const { email, isEmailVerified, pendingEmail } = json;
  return { email, isEmailVerified, pendingEmail };
}

/** As if the last link for a new address had been sent long ago. */
export async function allowNextLink({ mongo }: World, id: string): Promise<void> {
  const accounts = mongo.db.collection<AccountDoc>("accounts");
  await accounts.updateOne({ _id: id }, { $unset: { pendingEmailAt: 1 } });
}
