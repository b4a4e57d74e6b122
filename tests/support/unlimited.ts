import { rateLimitSettings } from "../../common/rate-limits/settings.js";

/** Rate limits that no test meets: all tests come from one address. The counting itself goes on. */
export const UNLIMITED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(rateLimitSettings).map(({ name }) => [name, "1000000000"]),
);
