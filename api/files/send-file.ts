import type { Access } from "../../common/access/service.js";
import type { Granted } from "../../common/access/grants.js";
import { whileShared } from "../../common/access/download-guard.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { FileContent } from "../../common/files/service.js";
import type { ActorContext } from "../http/allow.js";
import { sendContent } from "../http/send-content.js";
import { contentOf } from "./present.js";

/** Answers with the content of a file, or of one of its versions, for as long as the actor may read it. @throws As `sendContent`. */
export async function sendFile(
  ctx: ActorContext,
  { access, granted }: { readonly access: Access; readonly granted: Granted<FileEntry, "read"> },
  content: FileContent,
): Promise<void> {
  const reader = { access, actor: ctx.state.actor };
  const { open, ...rest } = contentOf(content);
  await sendContent(ctx, {
    ...rest,
    open: (window) => whileShared(reader, granted, open(window)),
  });
}
