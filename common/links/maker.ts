import { type AccountActor, isAccount } from "../access/actor.js";
import type { Id } from "../platform/ids.js";
import type { LinkDoc } from "./link.js";

/** Who makes a link to an entry of an owner. */
export const makerOf = (
  { id, account }: AccountActor,
  ownerId: Id,
): Pick<LinkDoc, "actorId" | "managerId"> => ({
  actorId: id,
  ...(!isAccount(account, ownerId) && { managerId: id }),
});
