import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AccountDoc } from "../../../common/accounts/account.js";
import { newId } from "../../../common/platform/ids.js";
import { QuotaExceededError } from "../../../common/quota/errors.js";
import { QuotaRepository } from "../../../common/quota/repository.js";
import { Quota } from "../../../common/quota/service.js";
import { useWorld } from "../../support/use-world.js";

const LIMIT = 1000;
const UPLOADS = ["a", "b", "c"];

const world = useWorld({ defaultQuotaBytes: LIMIT }, { isDamaged: true });

interface Model {
  bytes: number;
  files: number;
  readonly reserved: Map<string, number>;
  readonly released: Set<string>;
}

interface Real {
  readonly quota: Quota;
  readonly ownerId: string;
}

type Step = fc.AsyncCommand<Model, Real>;

const allocated = ({ bytes, reserved }: Model) =>
  [...reserved.values()].reduce((sum, held) => sum + held, bytes);

const step = (name: string, run: Step["run"]): Step => ({
  check: () => true,
  run,
  toString: () => name,
});

/** Whether there was room. */
async function isGiven(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking;
    return true;
  } catch (error) {
    if (!(error instanceof QuotaExceededError)) throw error;
    return false;
  }
}

const reserve = (uploadId: string, bytes: number) =>
  step(`reserve(${uploadId}, ${bytes})`, async (model, { quota, ownerId }) => {
    // What is held already is not asked for again.
    const isHeld = model.reserved.has(uploadId);
    const isRoom = allocated(model) + bytes <= LIMIT;
    expect(await isGiven(quota.reserve({ ownerId, uploadId }, bytes))).toBe(isRoom || isHeld);
    if (isRoom && !isHeld) model.reserved.set(uploadId, bytes);
  });

const grow = (uploadId: string, bytes: number) =>
  step(`grow(${uploadId}, ${bytes})`, async (model, { quota, ownerId }) => {
    const held = model.reserved.get(uploadId);
    const isRoom = allocated(model) + bytes <= LIMIT;
    const growing = quota.grow({ ownerId, uploadId }, bytes, LIMIT);
    expect(await isGiven(growing)).toBe(isRoom);
    if (!isRoom) return;
    expect(await growing).toBe(held !== undefined);
    if (held !== undefined) model.reserved.set(uploadId, held + bytes);
  });

/** Several at once, as a job that is delivered twice would. */
const settle = (uploadId: string, share: number) =>
  step(`settle(${uploadId}, ${share})`, async (model, { quota, ownerId }) => {
    const held = model.reserved.get(uploadId);
    const used = { bytes: Math.floor((held ?? 0) * share), files: 1 };
    await Promise.all([1, 2, 3].map(() => quota.settle({ ownerId, uploadId }, used)));
    if (held === undefined) return;
    model.reserved.delete(uploadId);
    model.bytes += used.bytes;
    model.files += 1;
  });

const giveBack = (uploadId: string) =>
  step(`release(${uploadId})`, async (model, { quota, ownerId }) => {
    await Promise.all([1, 2].map(() => quota.release({ ownerId, uploadId })));
    model.reserved.delete(uploadId);
  });

const purge = (id: string, bytes: number) =>
  step(`releaseOnce(${id}, ${bytes})`, async (model, { quota, ownerId }) => {
    const freed = model.released.has(id) ? 0 : Math.min(bytes, model.bytes);
    await Promise.all(
      [1, 2, 3].map(() => quota.releaseOnce(ownerId, id, { bytes: freed, files: 0 })),
    );
    model.released.add(id);
    model.bytes -= freed;
  });

const check = step("check()", async (model, { ownerId }) => {
  const account = await world()
    .mongo.db.collection<AccountDoc>("accounts")
    .findOne({ _id: ownerId });
  expect(Number(account?.usage.bytes)).toBe(model.bytes);
  expect(Number(account?.usage.files)).toBe(model.files);
  expect(Number(account?.allocatedBytes)).toBe(allocated(model));
  expect(Number(account?.allocatedBytes)).toBeLessThanOrEqual(LIMIT);
  const held = account?.reservations.map(({ uploadId, bytes }) => [uploadId, Number(bytes)]);
  expect(new Map(held as [string, number][])).toEqual(model.reserved);
});

const upload = fc.constantFrom(...UPLOADS);
const size = fc.integer({ min: 0, max: 600 });
const steps = [
  fc.tuple(upload, size).map(([id, bytes]) => reserve(id, bytes)),
  fc.tuple(upload, size).map(([id, bytes]) => grow(id, bytes)),
  fc.tuple(upload, fc.constantFrom(0, 0.5, 1)).map(([id, share]) => settle(id, share)),
  upload.map(giveBack),
  fc.tuple(upload, size).map(([id, bytes]) => purge(id, bytes)),
  fc.constant(check),
];

test("Reserve, grow, settle and release keep exact books in any order, each time they are repeated", async () => {
  const quota = new Quota({
    quotas: new QuotaRepository(world().mongo.db),
    now: () => new Date(),
  });
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 30 }), async (commands) => {
      const { id: ownerId } = await world().actorOf(await world().member());
      const setup = () => ({
        model: {
          bytes: 0,
          files: 0,
          reserved: new Map<string, number>(),
          released: new Set<string>(),
        },
        real: { quota, ownerId },
      });
      await fc.asyncModelRun(setup, [...commands, check]);
    }),
    { numRuns: 15 },
  );
});

test("The room of an account is given to as many at once as it is for, and to no more", async () => {
  const quota = new Quota({
    quotas: new QuotaRepository(world().mongo.db),
    now: () => new Date(),
  });
  const { id: ownerId } = await world().actorOf(await world().member());

  const given = await Promise.all(
    Array.from({ length: 32 }, () => isGiven(quota.reserve({ ownerId, uploadId: newId() }, 70))),
  );

  expect(given.filter(Boolean)).toHaveLength(Math.floor(LIMIT / 70));
});

test("Of what is asked at once only what has no room any more is refused", async () => {
  const accounts = new QuotaRepository(world().mongo.db);
  const quota = new Quota({ quotas: accounts, now: () => new Date() });
  const { id: ownerId } = await world().actorOf(await world().member());
  const sizes = [400, 700, 300, 250, 10, 600, 20, 999];

  const given = await Promise.all(
    sizes.map((bytes) => isGiven(quota.reserve({ ownerId, uploadId: newId() }, bytes))),
  );

  const sizesOf = (isWanted: boolean) => sizes.filter((_, at) => given[at] === isWanted);
  const room = LIMIT - sizesOf(true).reduce((sum, bytes) => sum + bytes, 0);
  expect(room).toBeGreaterThanOrEqual(0);
  expect(Math.min(...sizesOf(false))).toBeGreaterThan(room);
});
