import type { Client } from "./client.js";

/** An event, as `openapi/components/schemas/events.yaml` has it. */
export interface EventJson {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly door: string;
  readonly actor: { readonly id: string; readonly kind: string } | null;
  readonly requestId: string | null;
  readonly entry?: { readonly id: string; readonly name?: string; readonly state?: string };
  readonly link?: { readonly id: string; readonly kind?: string };
}

/** All that has happened in the account of a client behind a number. */
export async function changesOf(client: Client, since = 0): Promise<EventJson[]> {
  const { status, json } = await client.get(`/api/v1/changes?since=${since}&limit=1000`);
  if (status !== 200) throw new Error(`No changes: ${JSON.stringify(json)}`);
  return json.items as unknown as EventJson[];
}

/** Where an account is now. */
export async function nowOf(client: Client): Promise<number> {
  return (await client.get("/api/v1/changes")).json.nextSince;
}

/** The types of what an act has made happen, in order. */
export async function typesOf(client: Client, act: () => Promise<unknown>): Promise<string[]> {
  return (await eventsOf(client, act)).map(({ type }) => type);
}

/** What an act has made happen, in order. */
export async function eventsOf(client: Client, act: () => Promise<unknown>): Promise<EventJson[]> {
  const since = await nowOf(client);
  await act();
  return changesOf(client, since);
}
