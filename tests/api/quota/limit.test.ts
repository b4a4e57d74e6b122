import { describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { useWorld } from "../../support/use-world.js";
import { body, CLOSING, filePart, FORM_TYPE } from "../uploads/raw-form.js";

const LIMIT = 2_000_000;

const world = useWorld({ defaultQuotaBytes: LIMIT });

const put = (n: number) => `/api/v1/files?name=${n}`;

/** Watches what the database says is allocated, until it is told to stop. */
function watchAllocation() {
  let mostBytes = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const accounts = await world().mongo.db.collection<AccountDoc>("accounts").find().toArray();
      mostBytes = Math.max(
        mostBytes,
        ...accounts.map(({ allocatedBytes }) => Number(allocatedBytes)),
      );
    }
  })();
  return async () => {
    over.abort();
    await watching;
    return mostBytes;
  };
}

describe("The limit of an account", () => {
  test.each(["put", "putChunked"] as const)(
    "is not passed by a byte by 32 uploads at once, by %s",
    async (door) => {
      const client = await world().member();
      const stop = watchAllocation();

      const answers = await Promise.all(
        Array.from({ length: 32 }, (_unused, n) => client[door](put(n), Buffer.alloc(123_457))),
      );

      expect(await stop()).toBeLessThanOrEqual(LIMIT);
      const stored = answers.filter(({ status }) => status === 201).length;
      const refused = answers.filter(
        ({ status, json }) => status === 507 && json.code === "quota-exceeded",
      );
      expect(stored + refused.length).toBe(32);
      expect(stored).toBeLessThanOrEqual(Math.floor(LIMIT / 123_457));
      expect(stored).toBeGreaterThan(0);
      await world().settle();
      expect(await client.usage()).toMatchObject({
        bytes: stored * 123_457,
        reservedBytes: 0,
        files: stored,
      });
    },
  );

  test("lets at most one of 20 uploads in that need more than half of the room each", async () => {
    const client = await world().member();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => client.put(put(n), Buffer.alloc(0.6 * LIMIT))),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array<number>(19).fill(507)]);
  });

  test.each([
    [LIMIT - 5, 201],
    [LIMIT - 4, 507],
  ])("of which 5 bytes are used answers %i more with %i by each door", async (size, expected) => {
    const answers = [];
    for (const door of ["put", "putChunked", "form"] as const) {
      const client = await world().member();
      await client.store("five", "12345");
      await world().settle();
      const bytes = Buffer.alloc(size);
      if (door === "form") answers.push(await client.upload([{ name: "a", bytes }]));
      else {
        answers.push(await client[door](put(1), bytes));
      }
      await world().settle();
      const { bytes: used, reservedBytes } = await client.usage();
      expect([used, reservedBytes]).toEqual([expected === 201 ? LIMIT : 5, 0]);
    }

    expect(answers.map(({ status }) => status)).toEqual([expected, expected, expected]);
  });

  test("says how much was needed and how much is left", async () => {
    const client = await world().member();
    await client.store("five", "12345");

    const { status, json } = await client.put(put(1), Buffer.alloc(LIMIT));

    expect(status).toBe(507);
    expect(json).toMatchObject({
      code: "quota-exceeded",
      neededBytes: LIMIT,
      availableBytes: LIMIT - 5,
      limitBytes: LIMIT,
    });
  });

  test("counts empty files as files and not as bytes, even when no room is left", async () => {
    const client = await world().member();
    await client.store("all", Buffer.alloc(LIMIT));

    expect((await client.put(put(1), "")).status).toBe(201);
    expect((await client.put(put(2), "1")).status).toBe(507);

    await world().settle();
    expect(await client.usage()).toEqual({
      bytes: LIMIT,
      reservedBytes: 0,
      files: 2,
      limitBytes: LIMIT,
    });
  });

  test("refuses the files of a form for which there is no room, and stores the others", async () => {
    const client = await world().member();
    const files = [1, 1_900_000, 1].map((size, n) => ({ name: `${n}`, bytes: Buffer.alloc(size) }));
    await client.store("before", Buffer.alloc(200_000));

    const { status, json } = await client.upload(files);

    expect(status).toBe(207);
    expect(json.items.map((item) => item.status)).toEqual([201, 507, 201]);
  });

  test("refuses a form with 507 when there is room for none of its files", async () => {
    const client = await world().member();
    await client.store("before", Buffer.alloc(LIMIT));

    const { status, json } = await client.upload(["a", "b"].map((name) => ({ name, bytes: "x" })));

    expect([status, json.code]).toEqual([507, "quota-exceeded"]);
    expect(json.items.map((item) => item.status)).toEqual([507, 507]);
  });

  test("is free again after uploads that broke in the middle", async () => {
    const client = await world().member();
    const broken = body(filePart('filename="a"', Buffer.alloc(0.9 * LIMIT)), CLOSING.slice(0, -4));

    for (let round = 0; round < 4; round += 1) {
      const { status } = await client.post("/api/v1/upload", broken, { "Content-Type": FORM_TYPE });
      expect(status).toBe(400);
    }

    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0 });
    expect((await client.put(put(1), Buffer.alloc(LIMIT))).status).toBe(201);
  });
});
