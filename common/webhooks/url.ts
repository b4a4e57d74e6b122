import { isIP } from "node:net";
import { isPublicAddress } from "./addresses.js";

/** The most characters of a URL. */
export const MAX_URL_LENGTH = 2048;

/**
 * Reads the URL of a webhook. The result has addresses in their usual form: `http://2130706433/` is `http://127.0.0.1/`.
 *
 * @returns `undefined` unless it is an absolute http or https URL of at most 2,048 characters, without a username, password and fragment.
 */
export function parseWebhookUrl(text: string): URL | undefined {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  const isPlain = url.username === "" && url.password === "" && url.hash === "";
  return isHttp && isPlain && url.href.length <= MAX_URL_LENGTH ? url : undefined;
}

/** The host of a URL without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, "$1");

/** Whether a URL names an address, instead of a name, that is not on the public internet. What a name leads to is found out with each connection. */
export function namesPrivateAddress(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) !== 0 && !isPublicAddress(host);
}
