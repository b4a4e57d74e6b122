import { webhookCursorIndexes } from "./cursors-repository.js";
import { webhookDeliveryIndexes } from "./deliveries-repository.js";
import { webhookIndexes as ownIndexes } from "./repository.js";

/** The indexes of webhooks, by collection. */
export const webhookIndexes = {
  webhooks: ownIndexes,
  webhookCursors: webhookCursorIndexes,
  webhookDeliveries: webhookDeliveryIndexes,
};
