import { expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { HOOKS, makeWebhook, type WebhookJson } from "../../support/webhooks.js";

const world = useWorld();

test.each([
  ["/webhooks", "member"],
  ["/admin/webhooks", "admin"],
] as const)("what is done with %s is in the audit log, without secrets", async (path, role) => {
  const client = await world().person(role);
  const hooks = `/api/v1${path}`;
  const url = "https://hooks.example.com/services/T0K3N";
  const { id, secret } = await makeWebhook(client, { url, label: "private" }, hooks);
  await client.patch(`${hooks}/${id}`, { isEnabled: false, url: `${url}X` });
  await client.patch(`${hooks}/${id}`, { isEnabled: true });
  const rotated = (await client.post(`${hooks}/${id}/secret`)).json as unknown as WebhookJson;
  await client.post(`${hooks}/${id}/replay`, { state: "failed" });
  await client.delete(`${hooks}/${id}`);

  const { json } = await client.get("/api/v1/me/audit?limit=6");

  const target = { kind: "webhook", id };
  const origin = "https://hooks.example.com";
  const common = { target, outcome: "success" };
  expect(json.items).toMatchObject([
    { ...common, action: "webhook.delete" },
    { ...common, action: "webhook.replay" },
    { ...common, action: "webhook-secret.create" },
    { ...common, action: "webhook.change", changes: { isEnabled: [false, true] } },
    {
      ...common,
      action: "webhook.change",
      changes: { isEnabled: [true, false], url: [origin, origin] },
    },
    {
      ...common,
      action: "webhook.create",
      changes: { isEnabled: [null, true], url: [null, origin] },
    },
  ]);
  for (const hidden of ["T0K3N", "private", secret, rotated.secret]) {
    expect(JSON.stringify(json)).not.toContain(hidden);
  }
});

test("what a credential without the scope tries is in the audit log", async () => {
  const client = await world().member();
  const key = await client.makeKey(["files:read"]);

  await key.client.post(HOOKS, { url: "https://hooks.example.com/" });

  const { json } = await client.get("/api/v1/me/audit?action=webhook.create");
  expect(json.items).toMatchObject([{ outcome: "failure", reason: "insufficient-scope" }]);
});
