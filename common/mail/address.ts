import { isIP } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";

/** RFC 5321 §4.5.3.1.1, in octets. */
const LONGEST_LOCAL_PART = 64;
/** What fits into the path of RFC 5321 §4.5.3.1.3, in octets. */
const LONGEST_ADDRESS = 254;

/** A dot-atom (RFC 5322 §3.2.3), with letters of all scripts (RFC 6531 §3.3). Quoted local parts are refused: nobody has one. */
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u00A1-\\u{10FFFF}-]+";
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, "u");
/** Controls, spaces, line ends, format characters, lone surrogates and unassigned code points. */
const UNSEEN = /[\p{C}\p{Z}]/u;
/** What `domainToASCII` would take for the end of a host, or decode. */
const NO_DOMAIN = /[\s/\\?#@:%[\]]/u;

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/**
 * The one form of an e-mail address: the local part in NFC, the domain in ASCII and lower case.
 *
 * @returns `undefined` for what is no address: of 64 octets before the `@` and 254 in all at most, with a domain that is a host name.
 */
export function parseAddress(text: string): string | undefined {
  // Longer than any address in any form: nothing below has to read it.
  if (text.length > LONGEST_ADDRESS) return undefined;
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at).normalize("NFC");
  const domain = asciiDomain(text.slice(at + 1));
  const isLocalPart = LOCAL_PART.test(local) && !UNSEEN.test(local);
  if (at < 1 || !isLocalPart || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  const isShort =
    Buffer.byteLength(local) <= LONGEST_LOCAL_PART && Buffer.byteLength(address) <= LONGEST_ADDRESS;
  return isShort ? address : undefined;
}

function asciiDomain(text: string): string | undefined {
  if (NO_DOMAIN.test(text) || UNSEEN.test(text)) return undefined;
  const domain = domainToASCII(text);
  // Versions of Node.js differ in whether they refuse an A-label (RFC 5890 §2.3.2.1) that stands for nothing.
  const isInvalid = domain
    .split(".")
    .some((label) => label.startsWith("xn--") && domainToUnicode(label) === label);
  return DOMAIN.test(domain) && isIP(domain) === 0 && !isInvalid ? domain : undefined;
}

/**
 * What makes two addresses the same: their letters, ignoring case. Mail for one who is found by it goes to the address that is stored: two
 * addresses with one key may be those of two people.
 */
export function addressKey(address: string): string {
  return address.toUpperCase().toLowerCase().normalize("NFC");
}
