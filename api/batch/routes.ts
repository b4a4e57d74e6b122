import type { AuditLog } from "../../common/audit/log.js";
import { InvalidNameError } from "../../common/entries/errors.js";
import { groups } from "../../common/operations/groups.js";
import { FolderCopyError } from "../../common/operations/errors.js";
import type { CopyOperation, Operation } from "../../common/operations/operation.js";
import type { Operations, Outcome } from "../../common/operations/service.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import { beginFolderCopy, type CopyDeps } from "../folders/begin-copy.js";
import { type ActorContext, allow } from "../http/allow.js";
import { recordAct } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { type RefusedItem, refusedItem } from "../http/refused-item.js";
import { apiBase, Routes } from "../http/route.js";
import { presentJob } from "../jobs/present.js";
import { entryPresenter } from "../mounts/present.js";
import { newBatch } from "./schema.js";

interface Deps extends CopyDeps {
  readonly operations: Pick<Operations, "apply">;
  readonly audit: AuditLog;
}

/** The result of one operation. */
type BatchItem =
  | { readonly status: 200 | 201; readonly entry: object }
  | { readonly status: 202; readonly job: object }
  | { readonly status: 204 }
  | RefusedItem;

/** Many operations in one request. */
export function batchRoutes(deps: Deps): Routes {
  return new Routes().post(
    "/batch",
    allow("files:write", { cost: "upload" }),
    expects(newBatch),
    async (ctx) => {
      // The schema has told them apart.
      const operations = ctx.state.request.body.operations as readonly Operation[];
      const items: BatchItem[] = [];
      for (const group of groups(operations)) {
        const first = items.length;
        items.push(
          ...(await Promise.all(
            group.map((one, index) => apply(ctx, deps, { operation: one, index: first + index })),
          )),
        );
      }
      ctx.status = 207;
      ctx.body = { items };
    },
  );
}

/** One operation of a batch, and its place. */
interface Placed {
  readonly operation: Operation;
  readonly index: number;
}

/** One operation that is refused does not refuse the others. */
async function apply(
  ctx: ActorContext,
  deps: Deps,
  { operation, index }: Placed,
): Promise<BatchItem> {
  try {
    return await perform(ctx, deps, operation);
  } catch (error) {
    return refusedItem(ctx, inOperation(error, index), "An operation of a batch failed");
  }
}

async function perform(ctx: ActorContext, deps: Deps, operation: Operation): Promise<BatchItem> {
  if (operation.op === "copy") return copy(ctx, deps, operation);
  const outcome = await deps.operations.apply(ctx.state.actor, operation);
  if (operation.op !== "delete") return presentOutcome(ctx, deps, outcome);
  const { kind, _id: id } = outcome.entry;
  await recordAct(deps.audit, ctx, { action: `${kind}.delete`, target: { kind, id } });
  return { status: 204 };
}

/** A file is copied at once, a folder by a job. */
async function copy(ctx: ActorContext, deps: Deps, operation: CopyOperation): Promise<BatchItem> {
  const { actor } = ctx.state;
  try {
    return await presentOutcome(ctx, deps, await deps.operations.apply(actor, operation));
  } catch (error) {
    if (!(error instanceof FolderCopyError)) throw error;
  }
  const { onConflict, ...wanted } = operation;
  if (onConflict === "version") {
    const detail = "onConflict of a folder must be rename or fail";
    throw new InvalidRequestError([{ in: "body", pointer: "/onConflict", detail }]);
  }
  const job = await beginFolderCopy(deps, actor, { ...wanted, onConflict });
  return { status: 202, job: presentJob(job, apiBase(ctx)) };
}

async function presentOutcome(
  ctx: ActorContext,
  { access }: Pick<Deps, "access">,
  { entry, path, isNew }: Outcome,
): Promise<BatchItem> {
  const present = await entryPresenter(ctx, access, [entry]);
  return { status: isNew ? 201 : 200, entry: present(entry, path) };
}

/** Says in which operation something is wrong. */
function inOperation(error: unknown, index: number): unknown {
  const at = `/operations/${index}`;
  if (error instanceof InvalidNameError) return error.in({ in: "body", pointer: `${at}/name` });
  if (!(error instanceof InvalidRequestError)) return error;
  return new InvalidRequestError(
    error.faults.map((fault) => ({ ...fault, pointer: `${at}${fault.pointer}` })),
  );
}
