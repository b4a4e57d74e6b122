import { type AccountActor, eventOwner } from "../../common/access/actor.js";
import { isOwn } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import { allow } from "../http/allow.js";
import type { Step } from "../http/route.js";

/** Whose webhooks a request is about: those of an account, or with `null` those of the installation. */
interface WebhookState {
  readonly actor: AccountActor;
  webhookOwner: Id | null;
}

/** A part of the surface that has webhooks: where they are, who may use them, and whose they are. */
export interface WebhookDoor {
  readonly path: "/webhooks" | "/admin/webhooks";
  readonly read: Step<{ actor: AccountActor }>;
  readonly write: Step<{ actor: AccountActor }>;
  readonly whose: Step<WebhookState>;
}

/**
 * The webhooks of the one who asks.
 *
 * @throws RestrictedCredentialError by `whose`, where the credential may not leave a folder.
 */
export const OWN: WebhookDoor = {
  path: "/webhooks",
  read: allow("account:read"),
  write: allow("account:write"),
  whose: async ({ state }, next) => {
    state.webhookOwner = eventOwner(state.actor);
    await next();
  },
};

/** The webhooks of the installation, which all admins share. */
export const OF_INSTALLATION: WebhookDoor = {
  path: "/admin/webhooks",
  read: allow("admin"),
  write: allow("admin"),
  whose: async ({ state }, next) => {
    state.webhookOwner = null;
    await next();
  },
};

const OF_ANOTHER = {
  in: "body",
  pointer: "/folderId",
  detail: "folderId must be a folder of your own, not one that is shared with you",
} as const;

/**
 * The folder whose events are sent; `null` for all events of the account, as for its topmost folder.
 *
 * @throws NotFoundError where there is no such folder.
 * @throws InvalidRequestError for a folder of another account: its events are in the log of that one.
 */
export async function findFolder(
  access: Access,
  actor: AccountActor,
  folderId: Id | null,
): Promise<Id | null> {
  if (folderId === null) return null;
  const { entry } = await access.folder(actor, folderId, "read");
  if (!isOwn(actor, entry)) throw new InvalidRequestError([OF_ANOTHER]);
  return entry._id === actor.home.rootFolderId ? null : entry._id;
}
