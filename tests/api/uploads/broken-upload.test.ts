import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";
import { filePart, FORM_TYPE } from "./raw-form.js";

const KIB = 1024;

const world = useWorld({ uploadIdleTimeoutMs: 300, minUploadBytesPerSecond: 1000 });

const ledger = () => world().mongo.db.collection<UploadDoc>("uploads");

/** Begins a request for `client` whose body is still to come. */
async function begin(client: Client, target: string, header: readonly string[]) {
  const raw = await world().raw();
  const lines = [`${target} HTTP/1.1`, "Host: a", `Cookie: ${client.cookie}`, ...header];
  return raw.send(`${lines.join("\r\n")}\r\n\r\n`);
}

const doors: [string, { target: string; header: string[]; beginning: Buffer }][] = [
  [
    "a raw body",
    {
      target: "PUT /api/v1/files?name=a",
      header: ["Content-Length: 100000000"],
      beginning: Buffer.alloc(0),
    },
  ],
  [
    "a raw body of unknown length",
    {
      target: "PUT /api/v1/files?name=a",
      header: ["Transfer-Encoding: chunked"],
      beginning: Buffer.from("5F5E100\r\n"),
    },
  ],
  [
    "a form",
    {
      target: "POST /api/v1/upload",
      header: [`Content-Type: ${FORM_TYPE}`, "Content-Length: 100000000"],
      beginning: filePart('filename="a"').subarray(0, -7),
    },
  ],
];

/** The request itself cleans up, without a sweep, and long before its lease ends. */
async function expectNothingLeft(): Promise<void> {
  await eventually(
    () => world().leftovers(),
    (left) => isDeepStrictEqual(left, NOTHING_LEFT),
  );
  expect(await ledger().countDocuments()).toBe(0);
}

describe.each(doors)("An upload by %s", (_, { target, header, beginning }) => {
  test("whose client is cut off leaves nothing", async () => {
    const client = await world().member();
    const raw = await begin(client, target, header);
    raw.send(Buffer.concat([beginning, Buffer.alloc(2000 * KIB)]));
    await eventually(
      () => world().mongo.db.collection("blobs.chunks").countDocuments(),
      (n) => n > 0,
    );

    raw.socket.resetAndDestroy();

    await expectNothingLeft();
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("whose client closes its side is answered 400 and leaves nothing", async () => {
    const client = await world().member();
    const raw = await begin(client, target, header);
    raw.send(Buffer.concat([beginning, Buffer.alloc(600 * KIB)]));
    await eventually(
      () => ledger().countDocuments(),
      (count) => count === 1,
    );

    raw.socket.end();

    const { status, body } = await raw.ended();
    expect(status).toBe(400);
    expect(body).toContain('"incomplete-body"');
    await expectNothingLeft();
  });

  test("whose client falls silent is answered 408 and leaves nothing", async () => {
    const client = await world().member();
    const raw = await begin(client, target, header);

    raw.send(Buffer.concat([beginning, Buffer.alloc(600 * KIB)]));

    const { status, headers } = await raw.ended();
    expect(status).toBe(408);
    expect(headers["connection"]).toBe("close");
    await expectNothingLeft();
  });

  test("whose client sends a byte now and then is answered 408 and leaves nothing", async () => {
    const client = await world().member();
    const raw = await begin(client, target, header);
    raw.send(beginning);

    const trickle = setInterval(() => raw.send("x"), 30);
    const { status } = await raw.ended();
    clearInterval(trickle);

    expect(status).toBe(408);
    await expectNothingLeft();
  });
});

describe("A length", () => {
  test("that is longer than the body is answered 400", async () => {
    const client = await world().member();
    const raw = await begin(client, "PUT /api/v1/files?name=a", ["Content-Length: 10"]);

    raw.send("12345");
    raw.socket.end();

    expect((await raw.ended()).status).toBe(400);
  });

  test("that is no number, or stands beside a transfer coding, is answered 400", async () => {
    const client = await world().member();

    for (const header of [
      ["Content-Length: x"],
      ["Content-Length: -1"],
      ["Content-Length: 5", "Content-Length: 6"],
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: gzip, chunked, identity"],
    ]) {
      const raw = await begin(client, "PUT /api/v1/files?name=a", header);
      expect((await raw.ended()).status).toBe(400);
    }
  });

  test("that ends before a request in the name of its sender is not the end of that request", async () => {
    const client = await world().member();
    const { id } = await client.store("kept", "x");
    const visitor = await world().raw();

    visitor.send(
      `PUT /api/v1/files?name=a HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\nContent-Length: 5\r\n\r\n` +
        `12345DELETE /api/v1/files/${id} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    const { text } = await visitor.received(/unauthenticated/);

    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 201", "HTTP/1.1 401"]);
    expect((await client.get("/api/v1/files")).json.items).toMatchObject([{}, { id }]);
  });
});
