import { MAX_URL_LENGTH, parseWebhookUrl } from "../../common/webhooks/url.js";

/** WHATWG URLs drop tabs, line breaks and spaces at the ends: somebody who sends them has made a mistake. */
const UNWRITTEN = /[\p{Cc}\s]/u;

/** What is wrong with the text of a webhook's URL, as the end of a sentence; `undefined` for nothing. */
export function urlFault(text: string): string | undefined {
  if (UNWRITTEN.test(text)) return "must not contain spaces or control characters";
  if (parseWebhookUrl(text) !== undefined) return undefined;
  if (text.length > MAX_URL_LENGTH) return `must have at most ${MAX_URL_LENGTH} characters`;
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return "must be an http or https URL";
  const { href, hash } = new URL(text);
  if (href.length > MAX_URL_LENGTH) return `must have at most ${MAX_URL_LENGTH} characters`;
  return hash === ""
    ? "must not contain a username or password"
    : "must not contain a fragment (#)";
}
