import type { OnceRequests } from "../../common/idempotency/once-requests.js";
import type { FolderCopies } from "../../common/jobs/folder-copies.js";
import { withNewName } from "../files/destination.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { readJsonRequestKey, sendAnswer } from "../http/repeatable-request.js";
import { apiBase, Routes } from "../http/route.js";
import { acceptedAnswer } from "../jobs/accepted.js";
import { beginFolderCopy, type CopyDeps } from "./begin-copy.js";
import { copyFolder } from "./schema.js";

interface Deps extends CopyDeps {
  readonly folderCopies: FolderCopies;
  readonly onceRequests: OnceRequests;
}

/** Copying folders. */
export function folderCopyRoute({ onceRequests, ...deps }: Deps): Routes {
  const { access, folderCopies } = deps;
  return new Routes().post(
    "/folders/:id/copy",
    allow("files:write", { cost: "upload" }),
    expects(copyFolder),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const { params, body } = request;
      const key = readJsonRequestKey(ctx, body);
      const answer = await onceRequests.answer(actor, key, async ({ id: jobId, isRetry }) => {
        const home = access.home(actor, "write");
        const begin = () => beginFolderCopy(deps, actor, { ...body, id: params.id, jobId });
        const begun = isRetry ? await folderCopies.findBegun(home, jobId) : undefined;
        return acceptedAnswer(begun ?? (await withNewName(begin)), apiBase(ctx));
      });
      sendAnswer(ctx, answer);
    },
  );
}
