import { translateMongoError } from "../../common/platform/mongo.js";
import { presentFile } from "../files/present.js";
import type { Context } from "../http/door.js";
import { type ProblemBody, toProblem } from "../http/problem.js";
import { apiBase } from "../http/route.js";
import type { UploadAnswer } from "./answer-once.js";
import type { ReceivedFile } from "./receive-form.js";

/** What became of one file of a form. */
type FormItem =
  | { readonly status: 200 | 201; readonly file: ReturnType<typeof presentFile> }
  | { readonly status: number; readonly problem: ProblemBody };

/**
 * Shows the files of a complete form and answers for each: 201 when all are stored, else 207. A single file that is refused
 * is refused as if it had come alone.
 */
export async function publishForm(
  ctx: Context,
  received: readonly ReceivedFile[],
): Promise<UploadAnswer> {
  const [only] = received;
  if (received.length === 1 && only && "refusal" in only) throw only.refusal;
  const items: FormItem[] = [];
  for (const file of received) {
    try {
      items.push(await publishFile(ctx, file));
    } catch (error) {
      if (received.length === 1) throw error;
      items.push(refusedItem(ctx, error));
    }
  }
  return { status: items.every((item) => "file" in item) ? 201 : 207, body: { items } };
}

async function publishFile(ctx: Context, received: ReceivedFile): Promise<FormItem> {
  if ("refusal" in received) throw received.refusal;
  const { file, isNewFile } = await received.upload.publish();
  return { status: isNewFile ? 201 : 200, file: presentFile(file, apiBase(ctx)) };
}

function refusedItem(ctx: Context, error: unknown): FormItem {
  const { requestId, log } = ctx.state;
  const { status, body } = toProblem(translateMongoError(error), requestId);
  if (status === 500) log.error({ err: error }, "A file of a form was not published");
  return { status, problem: body };
}
