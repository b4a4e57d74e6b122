import { describe, expect, test } from "@jest/globals";
import type { Actor } from "../../../common/access/actor.js";
import type { IdempotencyEntry } from "../../../common/idempotency/entry.js";
import type { Making } from "../../../common/idempotency/once-requests.js";
import { NotFoundError, UnavailableError } from "../../../common/platform/errors.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const KEY = { key: "k", requestDigest: "d" };
const ANSWER = { status: 201, headers: {}, body: "{}" };

const keys = () => world().mongo.db.collection<IdempotencyEntry>("idempotencyKeys");

const newActor = async () => world().actorOf(await world().member());

const send = (actor: Actor, make: (making: Making) => Promise<unknown> = () => Promise.resolve()) =>
  world().services.onceRequests.answer(actor, KEY, async (making) => {
    await make(making);
    return ANSWER;
  });

/** Sends the request, which fails. @returns The id that it was given. */
async function fail(actor: Actor, error: Error): Promise<string> {
  let given = "";
  const sent = send(actor, ({ id }) => {
    given = id;
    return Promise.reject(error);
  });
  await expect(sent).rejects.toBe(error);
  return given;
}

/** Sends the request. @returns What it was given. */
async function succeed(actor: Actor): Promise<Making | undefined> {
  let given: Making | undefined;
  await send(actor, (making) => {
    given = making;
    return Promise.resolve();
  });
  return given;
}

describe("The next try of a request with a key", () => {
  test.each([new Error("of the driver"), new UnavailableError("MongoDB")])(
    "has the id of the one before, which may have made something (%s)",
    async (error) => {
      const actor = await newActor();
      const id = await fail(actor, error);

      expect(await succeed(actor)).toMatchObject({ id, isRetry: true });
      expect(await succeed(actor)).toBeUndefined();
    },
  );

  test("is a new request after a refusal", async () => {
    const actor = await newActor();
    const id = await fail(actor, new NotFoundError("folder"));

    const making = await succeed(actor);

    expect(making).toMatchObject({ isRetry: false });
    expect(making?.id).not.toBe(id);
  });

  test("copies a file alone, although the try before lives after all", async () => {
    const client = await world().member();
    const actor = await world().actorOf(client);
    const { access, fileVersions, copies } = world().services;
    const { id: fileId } = await client.store("a", "content");
    const copy = async (making: Making) => {
      const granted = await access.file(actor, fileId, "read");
      const version = await fileVersions.current(granted);
      const place = await access.place(actor, "root");
      const known = making.uploadInto(place);
      const intent = { name: "b", onConflict: "version", condition: null, known } as const;
      await copies.copy(place, intent, { file: granted.entry, version });
    };

    const slow = send(actor, async (making) => {
      await keys().updateMany({ actorId: actor.id }, { $set: { leaseUntil: new Date(0) } });
      await send(actor, copy);
      await copy(making);
    });

    await expect(slow).rejects.toMatchObject({ code: "idempotency-key-in-use" });
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 14, files: 2, reservedBytes: 0 });
  });
});
