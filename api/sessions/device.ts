/** What a person recognises a client by. Parts that the client does not tell are `null`. */
export interface Device {
  /** Name and major version: `Firefox 140`, `curl 8`. */
  readonly browser: string | null;
  readonly system: string | null;
}

// A table of our own: browsers have frozen most of this field, so there is little left to read, and the libraries that know thousands of
// devices are licensed under the AGPL (ua-parser-js 2) or match hundreds of expressions for each text. An unknown client is no fault.

/** Chrome names itself in all that is built on it, and Safari in nearly everything: the special ones come first. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Vivaldi", /\bVivaldi\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:Chrome|HeadlessChrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]{0,16} (?:Mobile\/\w{1,16} )?Safari\//],
];

/** Android says Linux too, and iOS says Mac OS X. */
const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ["Windows", /\bWindows\b/],
  ["Android", /\bAndroid\b/],
  ["iOS", /\b(?:iPhone|iPad|iPod)\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\b(?:Macintosh|Mac OS X|macOS|Darwin)\b/],
  ["Linux", /\bLinux\b/i],
];

/** The first product of what is no browser (RFC 9110 §10.1.5): `curl/8.5.0`. */
const PRODUCT = /^([A-Za-z][\w.-]{0,31})\/v?(\d{1,6})/;

/** Reads a `User-Agent`. It is what the client says of itself, and proves nothing. */
export function deviceOf(userAgent: string | null): Device {
  const text = userAgent ?? "";
  return { browser: browserIn(text), system: systemIn(text) };
}

function browserIn(text: string): string | null {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  const [, name, version] = PRODUCT.exec(text) ?? [];
  return name === undefined || version === undefined || name === "Mozilla"
    ? null
    : `${name} ${version}`;
}

function systemIn(text: string): string | null {
  return SYSTEMS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
