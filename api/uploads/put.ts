import { object, string } from "yup";
import { allowGuests } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { instant } from "../http/fields.js";
import { Routes } from "../http/route.js";
import { grant, type UploadDeps, uploadQuery } from "./answer.js";
import { folderOf, Places } from "./place.js";
import { storeBody } from "./raw-body.js";

const putFile = {
  query: object({
    ...uploadQuery,
    grant,
    name: string().defined("${path} is required"),
    modifiedAt: instant,
  }),
};

const NAME = { in: "query", pointer: "name" } as const;
const PATH = { in: "query", pointer: "path" } as const;

/** One file as a raw body. */
export function putRoutes(deps: UploadDeps): Routes {
  const write = allowGuests("files:write", { cost: "upload" });
  return new Routes().put("/files", write, expects(putFile), async (ctx) => {
    const { folderId, path, parents, ...query } = ctx.state.request.query;
    const folder = folderOf({ folderId, path, parents }, PATH);
    const { actor } = ctx.state;
    const places = new Places({ ...deps, actor });
    const findPlace = () => places.find({ name: query.name, folder, below: [] });
    await storeBody(ctx, deps, { ...query, nameField: NAME, findPlace });
  });
}
