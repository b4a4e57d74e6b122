/**
 * What every router is made with: a path in another letter case, or with a slash at its end, is another path. `@koa/router` would
 * take both for the route and still not for the middleware that was mounted for it with `use`. For the same reason each
 * route that needs an account names `authenticate` itself.
 */
export const EXACT_PATHS = { sensitive: true, strict: true } as const;
