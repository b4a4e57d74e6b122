import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const CONTENT = Buffer.alloc(600_000, "0123456789");
const FIELD = `sha-256=:${createHash("sha256").update(CONTENT).digest("base64")}:`;

let client: Client;
let path: string;

beforeAll(async () => {
  client = await world().member();
  path = (await client.store("a", CONTENT)).links.content;
});

async function digestsOf(headers: Record<string, string>, method: "get" | "head" = "get") {
  const answer = await client[method](path, headers);
  return {
    status: answer.status,
    repr: answer.headers["repr-digest"],
    content: answer.headers["content-digest"],
  };
}

describe("A download", () => {
  test("of all of a file has the digest of the file and of the answer", async () => {
    expect(await digestsOf({})).toEqual({ status: 200, repr: FIELD, content: FIELD });
  });

  test.each(["bytes=0-9", "bytes=-1", "bytes=0-0,-1", "bytes=0-"])(
    "of %s has the digest of the file alone",
    async (range) => {
      expect(await digestsOf({ Range: range })).toEqual({ status: 206, repr: FIELD });
    },
  );

  test("that is only asked about with HEAD has the digest of the file alone", async () => {
    expect(await digestsOf({}, "head")).toEqual({ status: 200, repr: FIELD });
  });

  test.each([
    [{ "If-None-Match": "*" }, 304],
    [{ "If-Match": '"other"' }, 412],
    [{ Range: "bytes=600000-" }, 416],
  ])("with %j has no digest in its answer", async (headers, status) => {
    expect(await digestsOf(headers)).toEqual({ status });
  });

  test.each([
    "",
    "sha-256=1",
    "sha-256=10, sha-512=3",
    "sha-512=10",
    "md5=5",
    "sha-256",
    "sha-256=0.5",
    "not, a; dictionary=",
  ])("of somebody who wants %j has its SHA-256", async (want) => {
    const wants = { "Want-Repr-Digest": want, "Want-Content-Digest": want };

    expect(await digestsOf(wants)).toEqual({ status: 200, repr: FIELD, content: FIELD });
  });

  test.each(["sha-256=0", "sha-512=10, sha-256=0"])(
    "of somebody who wants %j has no digest",
    async (want) => {
      expect(await digestsOf({ "Want-Repr-Digest": want })).toEqual({
        status: 200,
        content: FIELD,
      });
      expect(await digestsOf({ "Want-Content-Digest": want })).toEqual({
        status: 200,
        repr: FIELD,
      });
    },
  );

  test("of nothing has the digest of nothing", async () => {
    const { links } = await client.store("empty", "");

    const { headers } = await client.get(links.content);

    const empty = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    expect([headers["repr-digest"], headers["content-digest"]]).toEqual([empty, empty]);
  });
});
