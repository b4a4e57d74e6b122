import { uploadingFrom } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import { InvalidTokenError } from "../../common/accounts/errors.js";
import type { LinkEntrance } from "../../common/links/entrance.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { bearerChallenge } from "../http/authorization.js";
import { GRANT_PREFIX, grantOf } from "../http/by-link.js";
import { clientTrace } from "../http/client-trace.js";
import type { Context, Credential, Proof } from "../http/door.js";

interface Deps {
  readonly linkEntrance: Pick<LinkEntrance, "enter">;
  readonly access: Pick<Access, "folder">;
}

/** The token of an upload grant, as bearer credentials or in the query as `grant`. One that is not valid is refused with one text, whatever the reason. */
export function grantCredential(deps: Deps): Credential {
  return {
    kind: "link",
    challenge: bearerChallenge(),
    read: async (ctx) => {
      const text = grantOf(ctx);
      if (text === undefined) return undefined;
      try {
        return await prove(ctx, deps, text);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        throw new InvalidTokenError("There is no such upload grant, or it is not valid any more");
      }
    },
  };
}

/** @throws NotFoundError also where the folder is deleted. */
async function prove(ctx: Context, { linkEntrance, access }: Deps, text: string): Promise<Proof> {
  const token = text.startsWith(GRANT_PREFIX) ? text.slice(GRANT_PREFIX.length) : "";
  const { link, actor } = await linkEntrance.enter(token, "grant");
  await access.folder(actor, "root", "write");
  ctx.state.linkId = link._id;
  return { actor: uploadingFrom(actor, clientTrace(ctx)) };
}
