import Router from "@koa/router";
import type { Queue } from "bullmq";
import { NotFoundError } from "../../common/platform/errors.js";
import { type ActorContext, allow } from "../http/allow.js";
import { Routes } from "../http/route.js";
import { Board, BOARD_PATH, BOARD_POLICY } from "./board.js";

/** The names of its files have digests of what they hold, except those of its icons and its languages. */
const FILE_CACHING = "private, max-age=86400";

/** Bull Board, for admins who are signed in. It shows the queues, and changes nothing. */
export function boardRoutes({ queues }: { readonly queues: readonly Queue[] }): Routes {
  const inner = innerRouter(new Board(queues)).routes();
  const answer = async (ctx: ActorContext) => {
    await inner(ctx as unknown as Parameters<typeof inner>[0], () => {
      throw new NotFoundError();
    });
  };
  return new Routes().get(`${BOARD_PATH}{/*path}`, allow("admin"), answer);
}

/** What is below the path of the board, by the table of Bull Board. */
function innerRouter(board: Board): Router {
  const router = new Router({ prefix: BOARD_PATH, sensitive: true });
  for (const path of board.pagePaths) {
    router.get(path, (ctx) => {
      ctx.set({ "Content-Security-Policy": BOARD_POLICY, "Cache-Control": "no-store" });
      ctx.type = "html";
      ctx.body = board.page;
    });
  }
  router.get("/static/{*path}", (ctx) => {
    const path = ctx.path.slice(`${BOARD_PATH}/static/`.length);
    if (!board.files.has(path)) throw new NotFoundError();
    ctx.set("Cache-Control", FILE_CACHING);
    ctx.type = path.slice(path.lastIndexOf("."));
    ctx.body = board.read(path);
  });
  for (const route of board.api) {
    router.get([route.route].flat(), async (ctx) => {
      const { status, body } = await board.answer(route, { query: ctx.query, params: ctx.params });
      if (status === 404) throw new NotFoundError();
      ctx.set("Cache-Control", "no-store");
      ctx.status = status;
      ctx.body = body;
    });
  }
  return router;
}
