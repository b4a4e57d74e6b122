import { describe, expect, test } from "@jest/globals";
import { linkSettings } from "../../../common/links/settings.js";
import { loadConfig } from "../../../common/platform/config.js";

const DAY_MS = 86_400_000;

describe("the settings of links", () => {
  test("limit nothing by default", () => {
    expect(loadConfig(linkSettings, {})).toMatchObject({
      linkLogMs: 90 * DAY_MS,
      linkPasswordRoles: [],
      longestLinkMs: null,
      longestLinkMsOfAdmins: null,
      linkPermissions: ["view", "download", "upload", "upload+view"],
      linkPermissionsOfAdmins: ["view", "download", "upload", "upload+view"],
    });
  });

  test("are read as lists and days", () => {
    const given = {
      LINK_PASSWORD_ROLES: "admin, member",
      LINK_MAX_DAYS: "7",
      LINK_MAX_DAYS_ADMIN: "unlimited",
      LINK_PERMISSIONS: "view,upload+view",
    };

    expect(loadConfig(linkSettings, given)).toMatchObject({
      linkPasswordRoles: ["admin", "member"],
      longestLinkMs: 7 * DAY_MS,
      longestLinkMsOfAdmins: null,
      linkPermissions: ["view", "upload+view"],
    });
  });

  test.each([
    ["LINK_PASSWORD_ROLES", "everybody"],
    ["LINK_PASSWORD_ROLES", "member,"],
    ["LINK_MAX_DAYS", "0"],
    ["LINK_MAX_DAYS_ADMIN", "never"],
    ["LINK_PERMISSIONS", "view;download"],
    ["LINK_PERMISSIONS_ADMIN", "all"],
  ])("refuse %s=%s", (name, text) => {
    expect(() => loadConfig(linkSettings, { [name]: text })).toThrow(name);
  });
});
