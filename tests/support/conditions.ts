/** The ETag of no version. */
export const NO_VERSION = '"AAAAAAAAAAAAAAAAAAAAAA"';

/** Conditions, and whether they hold where something is; `E` stands for its ETag. */
export const CONDITIONS: readonly (readonly [Record<string, string>, boolean])[] = [
  [{ "If-Match": "E" }, true],
  [{ "If-Match": "*" }, true],
  [{ "If-Match": `${NO_VERSION}, E` }, true],
  [{ "If-Match": `, ${NO_VERSION} ,E,` }, true],
  [{ "If-Match": "W/E" }, false],
  [{ "If-Match": NO_VERSION }, false],
  [{ "If-Match": '"*"' }, false],
  [{ "If-None-Match": "*" }, false],
  [{ "If-None-Match": "E" }, false],
  [{ "If-None-Match": `${NO_VERSION}, W/E` }, false],
  [{ "If-None-Match": NO_VERSION }, true],
  [{ "If-Match": "E", "If-None-Match": NO_VERSION }, true],
  [{ "If-Match": "E", "If-None-Match": "*" }, false],
];

/**
 * Conditions about when something was changed, and whether they hold where something is; `T` stands for its date, `T-1` for a
 * second before, and `E` for its ETag.
 */
export const DATE_CONDITIONS: readonly (readonly [Record<string, string>, boolean])[] = [
  [{ "If-Unmodified-Since": "T" }, true],
  [{ "If-Unmodified-Since": "T+1" }, true],
  [{ "If-Unmodified-Since": "T-1" }, false],
  [{ "If-Unmodified-Since": "yesterday" }, true],
  [{ "If-Unmodified-Since": "" }, true],
  [{ "If-Unmodified-Since": "T-1", "If-Match": "E" }, true],
  [{ "If-Unmodified-Since": "T", "If-Match": NO_VERSION }, false],
  [{ "If-Unmodified-Since": "T", "If-None-Match": NO_VERSION }, true],
  [{ "If-Unmodified-Since": "T", "If-None-Match": "*" }, false],
  [{ "If-Unmodified-Since": "T-1", "If-None-Match": NO_VERSION }, false],
];

/** The same about a certain state. */
export const aboutState = (
  headers: Record<string, string>,
  { etag, updatedAt }: { readonly etag: string; readonly updatedAt: string },
) => {
  const date = (seconds: number) => new Date(Date.parse(updatedAt) + seconds * 1000).toUTCString();
  const dates: Record<string, string> = { "T-1": date(-1), T: date(0), "T+1": date(1) };
  return Object.fromEntries(
    Object.entries(about(headers, etag)).map(([name, value]) => [name, dates[value] ?? value]),
  );
};

/** A condition about a certain ETag. */
export const about = (headers: Record<string, string>, etag: string) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, tags]) => [name, tags.replace("E", etag)]),
  );
