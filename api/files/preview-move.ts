import type { AccountActor } from "../../common/access/actor.js";
import type { Place } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { Id } from "../../common/platform/ids.js";
import type { Shares } from "../../common/sharing/shares.js";
import { presentShare } from "../shares/present.js";

interface Deps {
  readonly access: Access;
  readonly shares: Pick<Shares, "compare">;
}

/** What is asked: which entry would go where. */
interface Wanted {
  readonly actor: AccountActor;
  readonly id: Id;
  /** `undefined` where it keeps its folder and its name. */
  readonly to: { readonly place: Place; readonly name: string } | undefined;
}

/**
 * Who would have an entry after a change. Nothing is changed.
 *
 * @throws InsufficientScopeError, InsufficientRoleError when the actor may not share the entry: only who may is told with whom it is shared.
 */
export async function previewMove(
  { access, shares }: Deps,
  { actor, id, to }: Wanted,
  base: string,
) {
  const granted = await access.entry(actor, id, "share");
  const { before, after } = await shares.compare(granted, to?.place);
  return {
    path: to === undefined ? granted.path : `${to.place.path}/${to.name}`,
    sharedBefore: before.map((share) => presentShare(share, base)),
    sharedAfter: after.map((share) => presentShare(share, base)),
  };
}
