import { mailSettings } from "./mail/settings.js";
import { webhookSettings } from "./webhooks/settings.js";

/** What is sent to others: mails and events. */
export const outgoingSettings = { ...mailSettings, ...webhookSettings };
