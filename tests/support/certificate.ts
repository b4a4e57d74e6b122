import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate that signs itself, and so is the authority that a client has to trust. */
export interface Certificate {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly pem: string;
}

/** Makes a certificate for some host names and 127.0.0.1 in a folder, with `openssl`. */
export async function makeCertificate(
  folder: string,
  names: readonly string[] = ["localhost"],
): Promise<Certificate> {
  const [certificatePath, keyPath] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const alternatives = [...names.map((name) => `DNS:${name}`), "IP:127.0.0.1"].join(",");
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "2", "-subj", "/CN=stowage-test", "-addext", `subjectAltName=${alternatives}`],
    ...["-keyout", keyPath, "-out", certificatePath],
  ]);
  return { certificatePath, keyPath, pem: await readFile(certificatePath, "utf8") };
}
