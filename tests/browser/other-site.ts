import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody's site, on another port: another origin, but the same site, so that the browser sends our cookies with its requests. */
export interface OtherSite {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a site with one empty page. */
export async function startOtherSite(): Promise<OtherSite> {
  const site = createServer((_req, res) => {
    res.setHeader("Content-Type", "text/html");
    res.end("<!doctype html><title>Another site</title>");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
    async close() {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    },
  };
}
