import type { ConfigOf } from "../platform/config.js";
import { type Setting, SettingError, topic } from "../platform/setting.js";
import { TYPE_PATTERN } from "./type-rules.js";

/** Which contents are stored. */
export const inspectionSettings = topic("Types of content", {
  allowedTypes: typeList(
    "ALLOWED_TYPES",
    "The types of content that are stored, separated by commas, such as image/*,application/pdf. It counts what is found in the bytes. Empty: all.",
  ),
  deniedTypes: typeList(
    "DENIED_TYPES",
    "The types of content that are not stored, also where ALLOWED_TYPES has them, such as application/x-msdownload. Empty: none.",
  ),
});

export type InspectionSettings = ConfigOf<typeof inspectionSettings>;

/** Media types, or families of them, separated by commas; it may be empty. */
function typeList(name: string, about: string): Setting<readonly string[]> {
  const readType = (given: string): string => {
    const type = given.trim().toLowerCase();
    if (TYPE_PATTERN.test(type)) return type;
    throw new SettingError(
      `${name} must be a comma list of media types such as image/png or image/*`,
    );
  };
  return {
    ...{ name, about, defaultText: "", isSecret: false, isOptional: true },
    read: (env) => {
      const text = env[name]?.trim() ?? "";
      return text === "" ? [] : text.split(",").map(readType);
    },
  };
}
