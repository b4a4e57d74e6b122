import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from "@bull-board/api/typings/app";
import type { Queue } from "bullmq";
import { html, pagePolicy } from "../pages/html.js";

/** Where the board is. */
export const BOARD_PATH = "/admin/queues";

const FILES = join(
  dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json")),
  "dist",
);

/** Its scripts set styles, and its addresses are relative to a base. */
export const BOARD_POLICY = pagePolicy({
  "script-src": "'self'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "base-uri": "'self'",
});

/**
 * Bull Board without a server of its own: what it answers, for routes of ours. It only reads; what changes jobs is in the API, where it is
 * in the audit log.
 */
export class Board implements IServerAdapter {
  /** What the page reads, with paths as `@koa/router` takes them. */
  readonly api: AppControllerRoute[] = [];
  /** The paths at which the page itself is. */
  pagePaths: readonly string[] = [];
  /** The files of the page by their paths below `static/`. */
  readonly files: ReadonlySet<string> = new Set(filesOf(join(FILES, "static")));
  #page = "";
  #queues: BullBoardQueues = new Map();
  #uiConfig: UIConfig = {};

  /** @param queues - What the board shows. */
  constructor(queues: readonly Queue[]) {
    createBullBoard({
      queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
      serverAdapter: this,
      options: { uiConfig: { boardTitle: "Stowage", hideRedisDetails: true } },
    });
  }

  /** The page, in which nothing comes from other hosts. */
  get page(): string {
    return this.#page;
  }

  /** A file of the page. @param path - One of {@link Board.files}. */
  read(path: string): Buffer {
    return readFileSync(join(FILES, "static", path));
  }

  /** Answers what the page asks for. */
  async answer(
    route: AppControllerRoute,
    asked: { readonly query: object; readonly params: object },
  ) {
    const answered = await route.handler({
      ...{ queues: this.#queues, uiConfig: this.#uiConfig, headers: {}, body: {} },
      ...asked,
    });
    return { status: answered.status ?? 200, body: answered.body };
  }

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues;
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.#uiConfig = config;
    return this;
  }

  setEntryRoute(entry: AppViewRoute): this {
    this.pagePaths = [entry.route].flat();
    const { params } = entry.handler({ basePath: BOARD_PATH, uiConfig: this.#uiConfig });
    this.#page = fill(readFileSync(join(FILES, "index.ejs"), "utf8"), params);
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.api.push(...routes.filter(({ method }) => [method].flat().includes("get")));
    return this;
  }

  /** Its errors are answered as ours are. */
  setErrorHandler(): this {
    return this;
  }

  /** The files are listed and read here. */
  setViewsPath(): this {
    return this;
  }

  setStaticPath(): this {
    return this;
  }
}

/** Fills a template of `ejs`, and leaves out what other hosts would serve. */
function fill(template: string, params: Readonly<Record<string, string>>): string {
  const escaped = (name: string) => html`${params[name] ?? ""}`.text;
  return template
    .replaceAll(/<link\s[^>]*href="https?:[^>]*>/g, "")
    .replaceAll(/<%-\s*(\w+)\s*%>/g, (_, name: string) => params[name] ?? "")
    .replaceAll(/<%=\s*(\w+)\s*%>/g, (_, name: string) => escaped(name));
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
