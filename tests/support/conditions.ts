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

/** A condition about a certain ETag. */
export const about = (headers: Record<string, string>, etag: string) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, tags]) => [name, tags.replace("E", etag)]),
  );
