import type { AuditEventJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import type { World } from "../../support/world.js";

export const idOf = async (client: Client) => (await client.get("/api/v1/me")).json.id;

/** All that a list has, page by page. */
export async function everyEvent(
  client: Client,
  path: string,
  limit: number,
): Promise<AuditEventJson[]> {
  const events: AuditEventJson[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { json } = await client.get(
      `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${next}`,
    );
    events.push(...json.items);
    cursor = json.nextCursor;
  } while (cursor !== null);
  return events;
}

/** A member to whom an admin has done something. */
export async function managed(world: World, admin: Client) {
  const member = await world.member();
  const id = await idOf(member);
  await admin.patch(`/api/v1/admin/accounts/${id}`, { role: "viewer" });
  await admin.patch(`/api/v1/admin/accounts/${id}`, { limitBytes: 5 });
  return { member, id };
}
