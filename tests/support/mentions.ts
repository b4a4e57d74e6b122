import { BSON, type Db } from "mongodb";
import type { Redis } from "../../common/platform/redis.js";

/** Every text in the database that one of the words is in, by its collection. */
export async function mentionsInDb(db: Db, words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    for await (const document of db.collection(name).find()) {
      const text = BSON.EJSON.stringify(document).toLowerCase();
      const mentioned = words.filter((word) => text.includes(word.toLowerCase()));
      found.push(...mentioned.map((word) => `${name}: ${word}`));
    }
  }
  return found;
}

/** The same in Redis: keys, and what they hold, of whatever type. */
export async function mentionsInRedis(redis: Redis, prefix: string, words: readonly string[]) {
  const keys = await redis.keys(`${prefix}:*`);
  const contents = await Promise.all(keys.map((key) => contentOf(redis, key)));
  const texts = keys.map((key, n) => `${key} ${JSON.stringify(contents[n])}`);
  return texts.filter((text) =>
    words.some((word) => text.toLowerCase().includes(word.toLowerCase())),
  );
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, "0", "-1");
    case "stream":
      return redis.xrange(key, "-", "+");
    default:
      return null;
  }
}
