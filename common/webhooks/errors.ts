import { AppError } from "../platform/errors.js";
import { MAX_WEBHOOKS } from "./webhook.js";

/** There are as many webhooks as there may be. */
export class TooManyWebhooksError extends AppError {
  readonly code = "too-many-webhooks";
  constructor() {
    super(`There may be at most ${MAX_WEBHOOKS} webhooks; delete one first`, {
      limit: MAX_WEBHOOKS,
    });
  }
}

/** The URL of a webhook names an address that is not on the public internet. */
export class UrlNotAllowedError extends AppError {
  readonly code = "url-not-allowed";
  constructor() {
    const detail = "The URL must not lead to a private, local or reserved address";
    super(detail, { errors: [{ in: "body", pointer: "/url", detail }] });
  }
}

/** The webhook is switched off, so nothing can be sent to it. */
export class WebhookDisabledError extends AppError {
  readonly code = "webhook-disabled";
  constructor() {
    super("The webhook is switched off; switch it on first");
  }
}

/** The secret of a webhook is encrypted with a key that this process was not given. `keyId` is for the log. */
export class WebhookKeyError extends AppError {
  readonly code = "encryption-key-missing";
  readonly keyId: string;
  constructor(keyId: string, options?: ErrorOptions) {
    super("The server lacks the key of this webhook's secret; tell the operator", {}, options);
    this.keyId = keyId;
  }
}
