import Router from "@koa/router";
import Koa from "koa";
import type { Door, RequestState } from "../../../api/http/door.js";
import { everyRequest } from "../../../api/http/every-request.js";
import { collectLogLines } from "../../support/log-lines.js";
import { testDoor } from "./test-door.js";
import { useServers } from "./test-server.js";

export type Routes = (router: Router<RequestState>) => unknown;

interface Changes extends Partial<Door> {
  readonly trustProxyHops?: number;
  readonly publicUrl?: URL;
}

/** Gives a test file what starts a real server with the middleware that every request passes, and the given routes. */
export function useApps() {
  const serve = useServers();

  return async function serveApp(
    addRoutes: Routes,
    { trustProxyHops = 0, publicUrl, ...changes }: Changes = {},
  ) {
    const { log, lines, text } = collectLogLines();
    const app = new Koa();
    const doorOf = () => ({ ...testDoor, ...changes });
    for (const middleware of everyRequest({ log, trustProxyHops, publicUrl, doorOf })) {
      app.use(middleware);
    }
    const router = new Router<RequestState>();
    addRoutes(router);
    app.use(router.routes());
    app.on("error", (error: unknown) => {
      log.debug({ err: error }, "Koa");
    });
    const handle = app.callback();
    const server = await serve((req, res) => void handle(req, res));
    /** Resolves with the request's own line, which is written when the answer is finished or cut. */
    const requestLine = async () => {
      for (;;) {
        const line = lines.find(({ msg }) => msg === "Request");
        if (line !== undefined) return line;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    return { ...server, lines, text, requestLine };
  };
}
