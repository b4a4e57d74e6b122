import { describe, expect, test } from "@jest/globals";
import { claimedMediaType, presentationOf } from "../../../api/http/media-type.js";

describe("A claimed type", () => {
  test.each([
    ["image/png", "image/png"],
    [" Image/PNG ; charset=x", "image/png"],
    ["application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"],
    ["image/svg+xml", "image/svg+xml"],
  ])("%j is kept as %s", (field, type) => {
    expect(claimedMediaType(field)).toBe(type);
  });

  test.each([
    undefined,
    "",
    "png",
    "image/",
    "/png",
    "image/png/x",
    "image/png charset=x",
    "image/p ng",
    "image/<b>",
    "image/png\r\nX: y",
    "*/*",
    `image/${"x".repeat(128)}`,
  ])("%j is invalid", (field) => {
    expect(claimedMediaType(field)).toBeNull();
  });
});

describe("Content that was found to be", () => {
  test.each(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"])(
    "%s is shown as it is",
    (type) => {
      expect(presentationOf(type)).toEqual({ contentType: type, disposition: "inline" });
    },
  );

  test("text/plain is shown as text in UTF-8", () => {
    expect(presentationOf("text/plain")).toEqual({
      contentType: "text/plain; charset=utf-8",
      disposition: "inline",
    });
  });

  test.each([
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/pdf",
    "application/x-shockwave-flash",
    "multipart/related",
    "text/javascript",
    "application/x-new",
  ])("%s is downloaded", (type) => {
    expect(presentationOf(type)).toEqual({ contentType: type, disposition: "attachment" });
  });

  test.each([null, "", "no type", "text/html\r\nX: y"])("%j is downloaded as bytes", (type) => {
    const { disposition, contentType } = presentationOf(type);

    expect({ disposition, contentType }).toEqual({
      disposition: "attachment",
      contentType: "application/octet-stream",
    });
  });
});
