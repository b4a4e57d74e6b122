/** What a request costs, by what its route does. Every request counts as `everything` too. */
export const ROUTE_CLASSES = ["everything", "sign-in", "upload", "search"] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

/** Whose requests are counted together. */
export const SUBJECTS = ["address", "credential", "account"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The span in which requests are counted, in seconds. It begins with the first of them. */
export const WINDOW_SECONDS = 60;

/** How many requests of a class are answered, for one subject, in one window. */
export interface Policy {
  /** As the header fields name it, such as `upload-account`. */
  readonly name: string;
  readonly limit: number;
}

/** How one subject stands with one policy, this request included. */
export interface Standing {
  readonly policy: Policy;
  readonly isExceeded: boolean;
  /** How many more requests are answered in this window. */
  readonly remaining: number;
  /** When the next window begins, in whole seconds from now. */
  readonly resetSeconds: number;
}
