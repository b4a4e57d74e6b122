import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { spawnRedis, startRedis, type RedisProcess } from "./redis-process.js";

let server: RedisProcess;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Opens a plain connection that has signed in. */
async function signIn(): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  socket.write(`AUTH ${server.password}\r\n`);
  await once(socket, "data");
  return socket;
}

/** Resolves when exactly `count` clients besides `redis` itself are connected; Jest's time limit is the limit. */
async function untilClients(count: number): Promise<void> {
  let others = Number.NaN;
  while (others !== count) {
    const list = String(await redis.client("LIST"));
    others = list.trim().split("\n").length - 1;
  }
}

describe("the embedded Redis", () => {
  test("answers nobody who does not know the password", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET anything\r\nAUTH wrong\r\nQUIT\r\n");

    const answers = await text(socket);

    expect(answers).toBe(
      "-NOAUTH Authentication required.\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n+OK\r\n",
    );
  });

  test("listens on the loopback address only, with a new password per start", async () => {
    const second = await startRedis();

    expect(new URL(second.url).hostname).toBe("127.0.0.1");
    expect(second.password).toMatch(/^[\w-]{32}$/);
    expect(second.password).not.toBe(server.password);
    await second.stop();
  });

  test("takes port and password from its caller, so that a restart keeps the address", async () => {
    const first = await startRedis();
    const { port, password, url } = first;
    await first.stop();

    const again = await startRedis(["--port", String(port)], { REDIS_PASSWORD: password });

    expect(again.url).toBe(url);
    await again.stop();
  });

  test("never evicts, refuses writes when full, and has no file to save to", async () => {
    const settings = await redis.config("GET", "maxmemory*", "save", "appendonly");

    expect(settings).toEqual(
      expect.arrayContaining(["maxmemory-policy", "noeviction", "maxmemory", String(2 ** 30)]),
    );
    expect(settings).toEqual(expect.arrayContaining(["save", "", "appendonly", "no"]));
  });

  test("answers a command without waiting for its 100 ms clock", async () => {
    const ticksBefore = await serverTicks();

    for (let count = 0; count < 500; count++) await redis.set("key", count);

    // 500 answers that each waited for the clock would take 500 ticks.
    expect((await serverTicks()) - ticksBefore).toBeLessThan(250);
  });

  test("keeps 20 MiB values byte for byte", async () => {
    const value = Buffer.alloc(20 * 2 ** 20, "0123456789");

    await redis.set("large", value);

    expect(value.equals((await redis.getBuffer("large")) ?? Buffer.alloc(0))).toBe(true);
  });

  test("runs Lua scripts, and reports their errors without dying", async () => {
    await expect(
      redis.eval("return redis.call('incrby', KEYS[1], ARGV[1])", 1, "sum", 41),
    ).resolves.toBe(41);
    await expect(redis.eval("error('on purpose')", 0)).rejects.toThrow("on purpose");
    await expect(redis.eval("return redis.call('incr', KEYS[1])", 1, "sum")).resolves.toBe(42);
  });

  test("wakes a blocked client when its value comes, and when its time is over", async () => {
    const waiting = new Redis(server.url);

    const came = waiting.bzpopmin("scores", 0);
    await redis.zadd("scores", 7, "member");

    expect(await came).toEqual(["scores", "member", "7"]);
    expect(await waiting.bzpopmin("scores", 0.2)).toBeNull();
    waiting.disconnect();
  });

  test("delivers published messages to every subscriber", async () => {
    const subscribers = [new Redis(server.url), new Redis(server.url)];
    await Promise.all(subscribers.map((subscriber) => subscriber.subscribe("news")));
    const received = Promise.all(subscribers.map((subscriber) => once(subscriber, "message")));

    await redis.publish("news", "hello");

    expect(await received).toEqual([
      ["news", "hello"],
      ["news", "hello"],
    ]);
    for (const subscriber of subscribers) subscriber.disconnect();
  });

  test("serves 200 connections at once", async () => {
    const clients = Array.from({ length: 200 }, () => new Redis(server.url));

    await Promise.all(clients.map((client) => client.incr("connections")));

    expect(await redis.get("connections")).toBe("200");
    for (const client of clients) client.disconnect();
    await untilClients(0);
  });

  test("drops clients that vanish, also those that wait", async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, signIn));
    for (const socket of sockets) socket.write("BLPOP never 0\r\n");
    await untilClients(20);

    for (const socket of sockets) socket.resetAndDestroy();

    await untilClients(0);
  });

  test("holds back a client that does not read, and answers it in full when it does", async () => {
    await redis.set("megabyte", Buffer.alloc(2 ** 20, "x"));
    const socket = await signIn();
    socket.pause();
    socket.write(`${"GET megabyte\r\n".repeat(50)}QUIT\r\n`);

    expect(await redis.ping()).toBe("PONG");
    const answers = await text(socket);

    expect(answers.length).toBe(50 * ("$1048576\r\n".length + 2 ** 20 + 2) + "+OK\r\n".length);
  });
});

describe("BullMQ on the embedded Redis", () => {
  test("works through 3,000 jobs, each once", async () => {
    const connection = { host: "127.0.0.1", port: server.port, password: server.password };
    const queue = new Queue("numbers", { connection });
    const seen: number[] = [];
    const worker = new Worker<{ number: number }>(
      "numbers",
      (job) => {
        seen.push(job.data.number);
        return Promise.resolve();
      },
      { connection: { ...connection, maxRetriesPerRequest: null }, concurrency: 50 },
    );

    const numbers = Array.from({ length: 3_000 }, (_, number) => number);
    await queue.addBulk(numbers.map((number) => ({ name: "count", data: { number } })));
    while (seen.length < numbers.length) await once(worker, "completed");

    expect(seen.sort((a, b) => a - b)).toEqual(numbers);
    await worker.close();
    await queue.close();
  });
});

describe("the process of the embedded Redis", () => {
  test("stops cleanly on SIGTERM while clients are connected", async () => {
    const own = await startRedis();
    const socket = connect(own.port, "127.0.0.1");
    await once(socket, "connect");
    socket.resume();
    const closed = once(socket, "close");

    expect(await own.stop()).toBe(0);

    await closed;
  });

  test("says in one sentence that its port is in use, and ends with 1", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;

    const child = spawnRedis(["--port", String(port)]);
    const [message, exit] = await Promise.all([text(child.stderr), once(child, "exit")]);

    expect(message).toMatch(/^The embedded Redis ended: .*EADDRINUSE.*\n$/);
    expect(exit).toEqual([1, null]);
    holder.close();
  });

  test("ends with 1 when the server inside has ended, so that it can be started again", async () => {
    const own = await startRedis();
    const socket = connect(own.port, "127.0.0.1");
    const exited = once(own.child, "exit");

    socket.write(`AUTH ${own.password}\r\nSHUTDOWN NOSAVE\r\n`);
    socket.resume();

    expect(await exited).toEqual([1, null]);
  });

  test.each(["-1", "65536", "x"])("refuses --port %s", async (port) => {
    const child = spawnRedis([`--port=${port}`]);
    const [message, exit] = await Promise.all([text(child.stderr), once(child, "exit")]);

    expect(message).toContain("--port must be a number from 0 to 65535");
    expect(exit).toEqual([1, null]);
  });
});

/** How many times the server's clock (10 per second) has run. */
async function serverTicks(): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 10 + Number(microseconds) / 100_000;
}
