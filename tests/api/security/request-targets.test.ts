import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isLong } from "../../support/long.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** Any byte that does not end the request line. */
const latin1 = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code));

/** What a request line with this target, sent byte for byte (latin1), is answered with. */
async function answerTo(target: string, method = "GET") {
  const raw = await world().raw();
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  return raw.send(Buffer.from(head, "latin1")).closed();
}

describe("A request target", () => {
  test.each([
    ["an address that is cut off", "http://["],
    ["an address that is cut off, with a path", "http://[/docs"],
    ["an address that is none", "http://[x]/docs"],
    ["a host with a user", "http://a@b/docs"],
    ["an empty host", "http:///docs"],
    ["no host", "http:/docs"],
    ["a port that is none", "http://a:x/docs"],
    ["a port that no address has", "http://a:65536/docs"],
    ["a host with a blank in its code", "http://a%zz/docs"],
    ["another scheme", "ftp://a/docs"],
    ["a scheme without an address", "file:docs"],
    ["an authority alone", "a:80"],
    ["the whole server, which only OPTIONS is for", "*"],
    ["no slash", "docs"],
    ["a parameter alone", "?a=b"],
    ["a fragment", "/docs#part"],
    ["a byte beyond ASCII", "/docs\xff"],
    ["UTF-8 that is not encoded", "/docs\xc3\xa9"],
    ["a no-break space", "/docs\xa0"],
    ["a byte beyond ASCII in its query", "/docs?\xff"],
    ["a byte order mark", "/\xef\xbb\xbfdocs"],
    ["a tab", "/do\tcs"],
    ["a NUL", "/do\0cs"],
  ])("with %s is answered 400", async (_, target) => {
    const { status, headers, body } = await answerTo(target);

    expect(status).toBe(400);
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ code: "invalid-request" });
  });

  test.each(
    [
      "/%",
      "/%f",
      "/%ff",
      "/%00",
      "/%c0%80",
      "/%ed%a0%80",
      "/assets/x/%",
      "/assets/%ff/%ff",
      "//",
      "//[",
      "//docs",
      "//a@b/docs",
      "/\\",
      "/\\docs",
      "/docs\\",
      "/".repeat(15_000),
      "/..".repeat(5_000),
      "/%2f".repeat(3_500),
      "/http://[",
      "http://a//",
      "http://a/%",
    ].map((target) => ({ beginning: target.slice(0, 20), target })),
  )("of $beginning is answered 404", async ({ target }) => {
    expect((await answerTo(target)).status).toBe(404);
  });

  test.each(["/api/v1/files/%", "/api/v1/files/%ff", "/api/v1/files/%00"])(
    "of %s is answered 401 to a visitor and 404 to a member",
    async (target) => {
      const member = await world().member();

      expect((await answerTo(target)).status).toBe(401);
      expect((await member.get(target)).status).toBe(404);
    },
  );

  test.each(["/healthz", "/healthz?", "/healthz?%", "/healthz?%ff=%00", "/healthz??&&==&\\[|"])(
    "of %s is answered as any other",
    async (target) => {
      expect((await answerTo(target)).status).toBe(200);
    },
  );

  test.each(["http://a/healthz", "HTTPS://[::1]:8443/healthz?", "http://user.example:80/healthz"])(
    "with its host (%s) is answered as if it had none (RFC 9112 §3.2.2)",
    async (target) => {
      expect((await answerTo(target)).status).toBe(200);
    },
  );

  test("with a host and no path is the root", async () => {
    expect((await answerTo("http://a")).body).toContain('"name":"Stowage"');
    expect((await answerTo("http://a?x")).body).toContain('"name":"Stowage"');
  });

  test("with a host says whose page a request comes from, whatever the Host field says", async () => {
    const raw = await world().raw();
    const fields = "Host: b\r\nOrigin: http://b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    raw.send(`POST http://a/api/v1/logout HTTP/1.1\r\n${fields}`);

    expect((await raw.ended()).status).toBe(403);
  });

  test("is `*` for OPTIONS, which nothing here answers (404)", async () => {
    expect((await answerTo("*", "OPTIONS")).status).toBe(404);
  });

  test.each(["a:80", "[", "[::1]:443", "/docs", "*", "http://[", "a@b"])(
    "of CONNECT (%s) is answered 400",
    async (target) => {
      expect((await answerTo(target, "CONNECT")).status).toBe(400);
    },
  );

  test("of any kind is answered completely, and never with 5xx", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...["/", "//", "\\", "%", "%ff", "%00", "%2f", "?", "&", "=", "#", "*", "[", "]", "@", ":"],
        ...[
          "http://",
          "https://",
          "api/v1/files",
          "docs",
          "assets",
          "uploads",
          "..",
          "\xff",
          "\x80",
        ],
      ),
      fc.string({ unit: latin1, minLength: 1, maxLength: 8 }),
    );
    const target = fc
      .array(piece, { minLength: 1, maxLength: 12 })
      .map((pieces) => pieces.join(""));
    const method = fc.constantFrom(
      "GET",
      "HEAD",
      "POST",
      "OPTIONS",
      "DELETE",
      "CONNECT",
      "PROPFIND",
    );

    await fc.assert(
      fc.asyncProperty(target, method, async (text, verb) => {
        const { status, headers, body } = await answerTo(text, verb);

        expect(status).toBeLessThan(500);
        if (verb !== "HEAD" && status !== 204) {
          expect(body).toHaveLength(Number(headers["content-length"]));
        }
      }),
      { numRuns: isLong ? 10_000 : 300 },
    );
  });
});
