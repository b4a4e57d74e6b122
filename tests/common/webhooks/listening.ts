import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { WebhookReceiver } from "../../support/webhook-receiver.js";
import type { World } from "../../support/world.js";

/** What each test has: somebody new, and a receiver that has got nothing yet, and answers 204. */
export interface Listening {
  readonly receiver: WebhookReceiver;
  readonly client: Client;
  /** Of the client's account. */
  readonly id: string;
}

/** Gives a test file a receiver, and each test somebody of its own. Call it before other hooks. */
export function useListening(world: () => World): () => Listening {
  let receiver: WebhookReceiver;
  let current: Listening | undefined;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterAll(() => receiver.close());

  beforeEach(async () => {
    const client = await world().member();
    const { id } = (await client.get("/api/v1/me")).json;
    receiver.answer = () => ({ status: 204 });
    receiver.requests.length = 0;
    current = { receiver, client, id };
  });

  return () => {
    if (current === undefined) throw new Error("No test runs");
    return current;
  };
}
