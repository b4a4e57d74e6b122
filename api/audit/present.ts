import type { OwnView } from "../../common/access/audit-view.js";
import type { ListedEvent } from "../../common/audit/listing.js";

/** An event of the audit log. */
export function presentEvent(event: OwnView<ListedEvent>) {
  const { id, at, action, accountId, actor, target, outcome, reason, client, requestId } = event;
  const { changes } = event;
  return {
    id,
    at: at.toISOString(),
    action,
    accountId,
    actor,
    target,
    outcome,
    reason,
    client,
    requestId,
    changes,
  };
}
