import { readFileSync } from "node:fs";
import { type Setting, SettingError, trueOrFalse } from "./setting.js";

/** How the certificate of a store is verified, where its URL asks for TLS. Without it: as Node.js does, by public authorities and the name. */
export interface StoreTls {
  /** The authorities to trust instead of the public ones, in PEM. */
  readonly ca: string | undefined;
  /** Whether the certificate is verified at all. Encrypted but unverified, a connection is safe from listeners only. */
  readonly isVerified: boolean;
}

/** The same as options of a TLS connection. */
export function tlsOptionsOf({ ca, isVerified }: StoreTls): {
  ca?: string;
  rejectUnauthorized?: boolean;
} {
  return { ...(ca !== undefined && { ca }), ...(!isVerified && { rejectUnauthorized: false }) };
}

const PEM = /^-----BEGIN CERTIFICATE-----\s[\s\S]+\s-----END CERTIFICATE-----$/;

/** `NAME_TLS_CA`: certificates in PEM, with line ends as such or as `\n`, or the path of a file of them; `undefined` where it is not set. */
export function tlsCa(name: string, store: string): Setting<string | undefined> {
  return {
    name,
    about: `The certificate authorities that ${store} is verified by: PEM, or the path of a PEM file. Empty: the public ones.`,
    defaultText: "",
    isSecret: false,
    isOptional: true,
    read: (env) => {
      const given = env[name]?.trim() ?? "";
      if (given === "") return undefined;
      const text = given.startsWith("-----") ? given.replaceAll("\\n", "\n") : readPem(name, given);
      if (PEM.test(text.trim())) return text;
      throw new SettingError(`${name} must be certificates in PEM, or the path of a file of them`);
    },
  };
}

/** `NAME_TLS_VERIFY`. */
export const tlsVerify = (name: string, store: string) =>
  trueOrFalse(
    name,
    `Whether the TLS certificate of ${store} is verified; false where it signs itself.`,
    true,
  );

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingError(`${name} names a file that cannot be read: ${(error as Error).message}`);
  }
}
