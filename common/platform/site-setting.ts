import { isIP } from "node:net";
import { optional, type Setting, SettingError } from "./setting.js";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/** A host name without a port, and no address, in lower case; `undefined` where it is not set. */
export function optionalHostName(name: string, about: string): Setting<string | undefined> {
  const parse = (given: string) => {
    const host = given.toLowerCase();
    if (host === "") return undefined;
    if (!HOST_NAME.test(host) || isIP(host) !== 0) {
      throw new SettingError(`${name} must be a host name, such as example.com, and no address`);
    }
    return host;
  };
  return { ...optional(name, about, parse), isSecret: false };
}

/** Origins of http or https (RFC 6454), separated by commas; empty where it is not set. */
export function originList(name: string, about: string): Setting<readonly string[]> {
  const parse = (given: string) =>
    given === "" ? [] : given.split(",").map((origin) => parseOrigin(name, origin.trim()));
  return { ...optional(name, about, parse), isSecret: false };
}

function parseOrigin(name: string, origin: string): string {
  if (!/^https?:\/\/[^/\\?#@\s]+\/?$/i.test(origin) || !URL.canParse(origin)) {
    throw new SettingError(
      `${name} must be a comma list of schemes and hosts, such as https://files.example.com`,
    );
  }
  return new URL(origin).origin;
}
