import { uploadingFrom } from "../../common/access/actor.js";
import type { FileEntry } from "../../common/entries/entry.js";
import { clientTrace } from "../http/client-trace.js";
import { anyone, type GuestContext } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { prefersHtml } from "../pages/html.js";
import type { Cost } from "../http/rate-limit.js";
import { Routes, type Step } from "../http/route.js";
import type { UploadDeps } from "../uploads/answer.js";
import { takeForm } from "../uploads/form.js";
import { folderOf, Places } from "../uploads/place.js";
import { storeBody } from "../uploads/raw-body.js";
import type { TusDeps } from "../uploads/tus/creation.js";
import { speakTus, tusHandlers } from "../uploads/tus/routes.js";
import { linkPath } from "./cookies.js";
import type { EnteredLink } from "./entered.js";
import { enters, type LinkDoor } from "./enters.js";
import { dropFile, dropForm, newUpload, oneUpload } from "./schema.js";

export type DropDeps = LinkDoor & UploadDeps & TusDeps;

const NAME = { in: "query", pointer: "name" } as const;
const PATH = { in: "query", pointer: "path" } as const;

/** Names that are taken get a number: what is in the folder is never replaced. */
const onConflict = "rename";

/** Uploads into the folder of a share link that allows them. */
export const dropRoutes = (deps: DropDeps): Routes[] => [wholeRoutes(deps), tusRoutes(deps)];

function wholeRoutes(deps: DropDeps): Routes {
  const drops = entersToUpload(deps, "upload");
  return new Routes()
    .post("/s/:token/upload", drops, expects(dropForm), async (ctx) => {
      const { query } = ctx.state.request;
      await takeForm(ctx, deps, { ...query, onConflict, present: presentDropped });
      if (ctx.status === 201 && prefersHtml(ctx)) showPageAgain(ctx);
    })
    .put("/s/:token/files", drops, expects(dropFile), async (ctx) => {
      const { actor, request } = ctx.state;
      const { name, modifiedAt, ...where } = request.query;
      const folder = folderOf(where, PATH);
      const places = new Places({ ...deps, actor });
      const findPlace = () => places.find({ name, folder, below: [] });
      await storeBody(ctx, deps, {
        ...{ name, nameField: NAME, findPlace, onConflict, modifiedAt },
        present: async ({ file }) => {
          const shown = presentDropped(file, await deps.access.pathOf(actor, file));
          return { status: 201, headers: {}, body: JSON.stringify(shown) };
        },
      });
    });
}

/** The form of the page, without script, gets the page again. Loading that anew sends nothing. */
function showPageAgain(ctx: DropContext): void {
  // The answer may be one that was stored under an idempotency key.
  const { items } = JSON.parse(String(ctx.body)) as { readonly items: readonly unknown[] };
  ctx.status = 303;
  ctx.set("Location", `${linkPath(ctx.state.entered.token)}?sent=${items.length}`);
  ctx.body = null;
}

function tusRoutes(deps: DropDeps): Routes {
  const tus = tusHandlers(deps);
  const begins = entersToUpload(deps, "upload");
  const goesOn = entersToUpload(deps, "everything");
  const one = "/s/:token/uploads/:id";
  return new Routes()
    .options("/s/:token/uploads", anyone, tus.describe)
    .options(one, anyone, tus.describe)
    .post("/s/:token/uploads", begins, speakTus, expects(newUpload), tus.POST)
    .head(one, goesOn, speakTus, expects(oneUpload), (ctx) => tus.HEAD(ctx))
    .patch(one, goesOn, speakTus, expects(oneUpload), (ctx) => tus.PATCH(ctx))
    .delete(one, goesOn, speakTus, expects(oneUpload), (ctx) => tus.DELETE(ctx))
    .post(one, goesOn, speakTus, expects(oneUpload), (ctx) => tus.overriding(ctx));
}

/** What a handler of uploads by a link is given. */
interface Dropping {
  entered: EnteredLink;
  actor: GuestContext["state"]["actor"];
}

type DropContext = GuestContext<Dropping>;

/** {@link enters} for uploads, which the link makes. */
function entersToUpload(deps: DropDeps, cost: Cost): Step<Dropping> {
  const step = enters(deps, "files:write", { cost });
  const entering: Step<Dropping> = async (ctx, next) => {
    await step(ctx, async () => {
      const { actor } = ctx.state.entered;
      ctx.state.actor = uploadingFrom(actor, clientTrace(ctx));
      await next();
    });
  };
  return Object.assign(entering, { access: "anyone" as const, cost });
}

/** What somebody learns of a file that they have put into a folder: what they have sent, and the name that it got. */
const presentDropped = ({ name, sizeBytes, sha256 }: FileEntry, where: string | null) => ({
  name,
  path: where,
  sizeBytes: Number(sizeBytes),
  sha256,
});
