import type Koa from "koa";
import { SignInError, TooManyAttemptsError } from "../../common/accounts/errors.js";
import type { AuditAction, AuditEvent, AuditTarget } from "../../common/audit/event.js";
import type { AuditLog } from "../../common/audit/log.js";
import { AppError, type ErrorCode } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import { clientTrace } from "./client-trace.js";
import type { RequestState } from "./door.js";
import type { Step } from "./route.js";

/** What a handler adds to the event of its request. */
export interface AuditNote {
  /** What was done, where that is not what the route is for. */
  action?: AuditAction;
  /** Whose log it is in, where that is not the actor's account. */
  accountId?: Id;
  target?: AuditTarget;
  changes?: NonNullable<AuditEvent["changes"]>;
  /** Whether nothing was done after all. */
  isIdle?: boolean;
  /** Whether a refusal tells of an attempt, whatever its code. */
  isNoted?: boolean;
}

/** Refusals that are written down: somebody tried what they may not. Malformed requests are not: they would fill the log. */
const NOTED_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "account-deleted",
  "account-disabled",
  "credential-not-accepted",
  "insufficient-scope",
  "invalid-code",
  "not-admitted",
  "invalid-credentials",
  "invalid-passkey",
  "reauthentication-failed",
  "second-factor-required",
]);

/**
 * Writes what a route does into the audit log, after its handler: as a success, or as a failure where the refusal tells of an attempt. The handler adds
 * target and changes in `ctx.state.audit`. Wherever it stands in a route, it runs around `allow`, whose refusals it writes too.
 */
export function audits(
  audit: Pick<AuditLog, "record">,
  action: AuditAction,
): Step<{ audit: AuditNote }> {
  const step: Step<{ audit: AuditNote }> = async (ctx, next) => {
    ctx.state.audit = {};
    try {
      await next();
    } catch (error) {
      if (error instanceof AppError && isNoted(error, ctx.state.audit)) {
        if (error instanceof SignInError && error.tried !== undefined) {
          ctx.state.audit.accountId = error.tried;
        }
        const event = eventOf(ctx, { action, ...ctx.state.audit });
        await audit.record({ ...event, outcome: "failure", reason: error.code });
      }
      throw error;
    }
    if (ctx.state.audit.isIdle === true) return;
    const event = eventOf(ctx, { action, ...ctx.state.audit });
    await audit.record({ ...event, outcome: "success", reason: null });
  };
  return Object.assign(step, { isOutermost: true });
}

function isNoted(error: AppError, note: AuditNote): boolean {
  if (error instanceof TooManyAttemptsError) return error.isFirst;
  return note.isNoted === true || NOTED_REFUSALS.has(error.code);
}

/** Writes into the audit log that a request has done something, where it may do many things. */
export async function recordAct(
  audit: Pick<AuditLog, "record">,
  ctx: Koa.ParameterizedContext<RequestState>,
  note: Required<Pick<AuditNote, "action" | "target">>,
): Promise<void> {
  const event = eventOf(ctx, { ...note });
  await audit.record({ ...event, outcome: "success", reason: null });
}

/** What a handler after {@link audits} is given. */
export type AuditContext = Koa.ParameterizedContext<RequestState & { audit: AuditNote }>;

function eventOf(
  ctx: Koa.ParameterizedContext<RequestState>,
  { action, accountId, target, changes }: AuditNote & Pick<AuditEvent, "action">,
) {
  const { actor, requestId } = ctx.state;
  return {
    action,
    accountId: accountId ?? actor?.home.ownerId ?? null,
    actor:
      actor?.kind !== "account"
        ? null
        : {
            accountId: actor.id,
            credentialKind: actor.credential.kind,
            credentialId: actor.credential.id,
          },
    target: target ?? null,
    client: clientTrace(ctx),
    requestId,
    changes: changes ?? null,
  };
}
