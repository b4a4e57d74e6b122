import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { IdempotencyKeys } from "../../common/idempotency/service.js";
import type { UploadIntent } from "../../common/uploads/admission.js";
import type { UploadSteps } from "../../common/uploads/incoming-upload.js";
import type { Uploads } from "../../common/uploads/service.js";
import { parseIdempotencyKey } from "../http/idempotency-key.js";
import type { ActorContext } from "../http/allow.js";
import { digestRequest } from "./request-digest.js";

interface Deps {
  readonly uploads: Uploads;
  readonly idempotencyKeys: IdempotencyKeys;
}

/** What an upload is answered with, when it is not refused. */
export interface UploadAnswer {
  /** 207 where some files were refused: a repeat under the same key tries those again. */
  readonly status: 200 | 201 | 207;
  readonly location?: string;
  readonly body: object;
}

/** The two halves of a request that stores something. */
interface Work<Received> {
  /** Takes the whole body; nothing of it is shown yet. */
  readonly receive: (begin: (intent: UploadIntent) => Promise<UploadSteps>) => Promise<Received>;
  readonly publish: (received: Received) => Promise<UploadAnswer>;
}

/** Answers an upload; one with an `Idempotency-Key` that comes again as it was answered first, without storing it again. */
export async function answerOnce<Received>(
  ctx: ActorContext,
  { uploads, idempotencyKeys }: Deps,
  { receive, publish }: Work<Received>,
): Promise<void> {
  const { actor } = ctx.state;
  const field = ctx.req.headers["idempotency-key"]?.toString();
  if (field === undefined) {
    send(ctx, stored(await publish(await receive((intent) => uploads.begin(actor, intent)))));
    return;
  }
  const key = parseIdempotencyKey(field);
  const request = await idempotencyKeys.open(actor, { key, requestDigest: digestRequest(ctx) });
  try {
    const received = await receive((intent) => request.begin(intent));
    const first = request.findAnswer();
    const answer = first ?? stored(await publish(received));
    if (answer.status === 207) await request.release();
    else if (first === undefined) await request.finish(answer);
    send(ctx, answer);
  } catch (error) {
    // The client hears of what ended its request. A lease that cannot be given up runs out.
    await request.release().catch(() => undefined);
    throw error;
  }
}

const stored = ({ status, location, body }: UploadAnswer): StoredAnswer => ({
  status,
  location: location ?? null,
  body: JSON.stringify(body),
});

function send(ctx: ActorContext, { status, location, body }: StoredAnswer): void {
  ctx.status = status;
  if (location !== null) ctx.set("Location", location);
  ctx.type = "json";
  ctx.body = body;
}
