import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";

/** RFC 8410 §7: what stands before the 32 bytes of a private key of Ed25519 in PKCS #8. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A public key as others read it (RFC 8037 §2). */
export interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "EdDSA";
}

interface SigningKey {
  /** The thumbprint of the public key (RFC 7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * The keys of access tokens. They are derived from secrets of the configuration, so every web process has the same ones without a store.
 * The first signs, all verify.
 */
export class SigningKeys {
  readonly #first: SigningKey;
  readonly #all: ReadonlyMap<string, SigningKey>;

  constructor(secrets: readonly string[]) {
    const keys = secrets.map(deriveKey);
    const [first] = keys;
    if (first === undefined) throw new Error("There is no secret to derive a key from");
    this.#first = first;
    this.#all = new Map(keys.map((key) => [key.kid, key]));
  }

  get signer(): Pick<SigningKey, "kid" | "privateKey"> {
    return this.#first;
  }

  /** What others verify with. */
  get publicJwks(): readonly PublicJwk[] {
    return [...this.#all.values()].map(({ jwk }) => jwk);
  }

  /** Resolves to `undefined` when no key has the id. */
  find(kid: string): KeyObject | undefined {
    return this.#all.get(kid)?.publicKey;
  }
}

/** 32 bytes for one purpose. Who knows them learns neither the secret nor what another purpose gets. */
export function deriveBytes(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), `stowage ${purpose}`, 32));
}

function deriveKey(secret: string): SigningKey {
  const der = Buffer.concat([PKCS8_ED25519, deriveBytes(secret, "access token")]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const { x = "" } = publicKey.export({ format: "jwk" });
  const required = JSON.stringify({ crv: "Ed25519", kty: "OKP", x });
  const kid = createHash("sha256").update(required).digest("base64url");
  const jwk = { kty: "OKP", crv: "Ed25519", x, kid, use: "sig", alg: "EdDSA" } as const;
  return { kid, privateKey, publicKey, jwk };
}
