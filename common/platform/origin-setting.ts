import { optional, type Setting, SettingError } from "./setting.js";

/** Origins as browsers write them, or `*` for every one. */
export type CorsOrigins = "*" | ReadonlySet<string>;

/** Exact origins, separated by commas; none where it is not set. `*` stands alone. */
export function corsOrigins(name: string, about: string): Setting<CorsOrigins> {
  const parse = (list: string) => {
    if (list === "*") return "*";
    const entries = list === "" ? [] : list.split(",").map((entry) => entry.trim());
    const wrong = entries.find((entry) => !isOrigin(entry));
    if (wrong !== undefined) {
      throw new SettingError(
        `${name} must be a comma list of origins as browsers write them, such as https://app.example.com, or * alone; ${JSON.stringify(wrong)} is no origin`,
      );
    }
    return new Set(entries);
  };
  return { ...optional(name, about, parse), isSecret: false };
}

/** A scheme, a host, and a port that is not the scheme's own; all in the form that an `Origin` field has. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
