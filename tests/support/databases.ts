import type { Db } from "mongodb";
import { newId } from "../../common/platform/ids.js";

/** The servers that the tests run on: `scripts/test.js` starts them where the environment names none. */
export function serverUrls(): { mongodbUrl: string; redisUrl: string } {
  const { MONGODB_URL: mongodbUrl, REDIS_URL: redisUrl } = process.env;
  if (mongodbUrl === undefined || redisUrl === undefined) {
    throw new Error("MONGODB_URL and REDIS_URL must name servers; `npm test` starts its own");
  }
  return { mongodbUrl, redisUrl };
}

/** A name that nobody else uses, for a database and for a prefix in Redis. */
export const newName = () => `test-${newId()}`;

/** The same server, with another database. */
export function withDatabase(mongodbUrl: string, name: string): string {
  const [, server = "", query = ""] = /^([^:]+:\/\/[^/?]+)[^?]*(\?.*)?$/.exec(mongodbUrl) ?? [];
  return `${server}/${name}${query}`;
}

/** How many cursors a server holds open, for everybody who uses it. */
export async function openCursorCount(db: Db): Promise<number> {
  const status = await db.admin().serverStatus();
  const { metrics } = status as { metrics: { cursor: { open: { total: number | bigint } } } };
  return Number(metrics.cursor.open.total);
}
