import type { Client } from "./client.js";

export const HOOKS = "/api/v1/webhooks";
export const HOOKS_OF_INSTALLATION = "/api/v1/admin/webhooks";

/** A webhook, as `openapi/components/schemas/webhooks.yaml` has it; its secret where the answer has one. */
export interface WebhookJson {
  readonly id: string;
  readonly url: string;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly secret: string;
}

/** A delivery, as `openapi/components/schemas/webhooks.yaml` has it. */
export interface DeliveryJson {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly seq: number | null;
  readonly attempts: readonly { readonly status: number | null; readonly error: string | null }[];
}

/** Makes a webhook. @param path - Default: one's own. */
export async function makeWebhook(
  client: Client,
  terms: Readonly<Record<string, unknown>> & { readonly url: string },
  path = HOOKS,
): Promise<WebhookJson> {
  const { status, json } = await client.post(path, terms);
  if (status !== 201) throw new Error(`No webhook: ${JSON.stringify(json)}`);
  return json as unknown as WebhookJson;
}

/** What was sent by a webhook, the latest first. */
export async function deliveriesOf(
  client: Client,
  id: string,
  { path = HOOKS, query = "limit=1000" } = {},
): Promise<readonly DeliveryJson[]> {
  const { status, json } = await client.get(`${path}/${id}/deliveries?${query}`);
  if (status !== 200) throw new Error(`No deliveries: ${JSON.stringify(json)}`);
  return json.items as unknown as readonly DeliveryJson[];
}
