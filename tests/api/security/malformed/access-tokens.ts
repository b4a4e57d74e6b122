import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { SigningKeys } from "../../../../common/credentials/signing-keys.js";
import { newId } from "../../../../common/platform/ids.js";

const foreign = generateKeyPairSync("ed25519");
const foreignJwk = () => ({ ...foreign.publicKey.export({ format: "jwk" }) });

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const decode = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as JWTPayload;
const seconds = () => Math.floor(Date.now() / 1000);

interface Change {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly payload?: JWTPayload;
  readonly without?: readonly string[];
  readonly key?: KeyObject;
}

/** Makes tokens that differ from a valid one only in what a test is about. */
export class TokenForge {
  readonly valid: string;
  readonly #keys: SigningKeys;

  constructor(valid: string, secrets: readonly string[]) {
    this.valid = valid;
    this.#keys = new SigningKeys(secrets);
  }

  /** The valid token with some changes, and a signature that fits: our own, unless another key is given. */
  signed({ header = {}, payload = {}, without = [], key }: Change): Promise<string> {
    const { kid, privateKey } = this.#keys.signer;
    const claims = Object.entries({ ...decode(this.valid.split(".")[1]), ...payload });
    return new SignJWT(Object.fromEntries(claims.filter(([name]) => !without.includes(name))))
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...header })
      .sign(key ?? privateKey);
  }

  /** A token that is put together by hand. */
  made(header: object, payload: object = {}, signature = ""): string {
    const claims = { ...decode(this.valid.split(".")[1]), ...payload };
    return `${encode(header)}.${encode(claims)}.${signature}`;
  }

  /** The classic confusion: the public key is taken for the secret of an HMAC. */
  hmacWithPublicKey(format: "pem" | "der"): string {
    const [jwk] = this.#keys.publicJwks;
    const input = this.made({ alg: "HS256", typ: "at+jwt", kid: jwk?.kid }).slice(0, -1);
    const publicKey = this.#keys.find(jwk?.kid ?? "");
    const options = { type: "spki" } as const;
    const secret =
      format === "pem"
        ? publicKey?.export({ ...options, format: "pem" })
        : publicKey?.export({ ...options, format: "der" });
    return `${input}.${createHmac("sha256", secret ?? "")
      .update(input)
      .digest("base64url")}`;
  }

  /** One bit is another in one of the three parts. The last character of a part may have bits that mean nothing. */
  flipped(part: 0 | 1 | 2): string {
    const parts = this.valid.split(".").map((text) => Buffer.from(text, "base64url"));
    const bytes = parts[part] ?? Buffer.alloc(0);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    return parts.map((each) => each.toString("base64url")).join(".");
  }

  part(index: 0 | 1 | 2): string {
    return this.valid.split(".")[index] ?? "";
  }
}

type Make = (forge: TokenForge) => string | Promise<string>;

const KEY_URL = "http://127.0.0.1:9/keys";
const AT = { alg: "EdDSA", typ: "at+jwt" };
const by = (header: object) => (forge: TokenForge) =>
  forge.signed({ key: foreign.privateKey, header: { kid: "unknown", ...header } });
const claiming = (payload: Record<string, unknown>) => (forge: TokenForge) =>
  forge.signed({ payload });
const without = (claim: string) => (forge: TokenForge) => forge.signed({ without: [claim] });
const ofAlg = (alg: string) => (forge: TokenForge) => forge.made({ ...AT, alg }, {}, forge.part(2));

/** Access tokens that are 401 `invalid-token`, wherever they are sent. */
export const ACCESS_TOKENS: readonly (readonly [string, Make])[] = [
  ["with alg none and no signature", (forge) => forge.made({ ...AT, alg: "none" })],
  ...["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "PS256", "ES256", "Ed448"].map(
    (alg) => [`with alg ${alg} and the signature of a valid one`, ofAlg(alg)] as const,
  ),
  ["with HS256 and the public key as the secret", (forge) => forge.hmacWithPublicKey("pem")],
  ["with HS256 and the bytes of the public key", (forge) => forge.hmacWithPublicKey("der")],
  ["with one bit of its header changed", (forge) => forge.flipped(0)],
  ["with one bit of its payload changed", (forge) => forge.flipped(1)],
  ["with one bit of its signature changed", (forge) => forge.flipped(2)],
  [
    "with another subject",
    (forge) => {
      const payload = encode({ ...decode(forge.part(1)), sub: newId() });
      return `${forge.part(0)}.${payload}.${forge.part(2)}`;
    },
  ],
  ["with another header", (forge) => forge.valid.replace(/^[\w-]+/, encode({ alg: "EdDSA" }))],
  ["without its signature", (forge) => forge.valid.replace(/[\w-]+$/, "")],
  ["with half of its signature", (forge) => forge.valid.slice(0, -43)],
  ["with a signature of zeros", (forge) => forge.made(AT, {}, "A".repeat(86))],
  ["of an unknown key", by({})],
  ["of another key under our id", (forge) => forge.signed({ key: foreign.privateKey })],
  ...[
    "../../dev/null",
    "' OR 1=1 --",
    "__proto__",
    "constructor",
    "",
    "\u0000",
    "k".repeat(999),
  ].map((kid) => [`with the kid ${JSON.stringify(kid.slice(0, 20))}`, by({ kid })] as const),
  ["with a kid that is an object", by({ kid: { $ne: null } })],
  ["with a jku", by({ jku: KEY_URL })],
  ["with an x5u", by({ x5u: KEY_URL })],
  ["with an x5c", by({ x5c: ["MIIB"] })],
  [
    "with its own key in jwk",
    (forge) => forge.signed({ key: foreign.privateKey, header: { jwk: foreignJwk() } }),
  ],
  ["with an unknown critical header", (forge) => forge.made({ ...AT, crit: ["exp"], exp: 1 })],
  ["with an empty crit", (forge) => forge.made({ ...AT, crit: [] }, {}, forge.part(2))],
  [
    "with b64 false",
    (forge) => forge.made({ ...AT, b64: false, crit: ["b64"] }, {}, forge.part(2)),
  ],
  ["that is expired", claiming({ iat: seconds() - 1000, exp: seconds() - 100 })],
  ["that is older than tokens get", claiming({ iat: seconds() - 1000 })],
  ["that is not valid yet", claiming({ nbf: seconds() + 10_000 })],
  ["that was issued in the future", claiming({ iat: seconds() + 10_000 })],
  ["that expires at a text", claiming({ exp: "soon" })],
  ["that expires before all time", claiming({ exp: -1 })],
  ["whose iat is a list", claiming({ iat: [1] })],
  ["whose nbf is a text", claiming({ nbf: "now" })],
  ...["exp", "iat", "sub", "jti", "client_id", "aud", "iss"].map(
    (claim) => [`without ${claim}`, without(claim)] as const,
  ),
  ["for another audience", claiming({ aud: "another" })],
  ["for no audience", claiming({ aud: [] })],
  ["of another issuer", claiming({ iss: "https://evil.example" })],
  ["of an issuer that is a list", claiming({ iss: ["stowage"] })],
  ["of type JWT", (forge) => forge.signed({ header: { typ: "JWT" } })],
  ["of no type", (forge) => forge.made({ alg: "EdDSA" }, {}, forge.part(2))],
  ["of an unknown family", claiming({ client_id: newId() })],
  ["of a family that is an operator", claiming({ client_id: { $ne: null } })],
  ["of five parts", (forge) => `${forge.valid}.a.b`],
  ["of four parts", (forge) => `${forge.valid}.`],
  ["with a dot before it", (forge) => `.${forge.valid}`],
  ["of two parts", () => "a.b"],
  ["of dots", () => ".."],
  ["whose header is no JSON", (forge) => `abc.${forge.part(1)}.${forge.part(2)}`],
  ["whose header is null", () => `${encode(null)}.${encode({})}.aaaa`],
  ["whose header is a list", () => `${encode([])}.${encode({})}.aaaa`],
  ["whose payload is no object", () => `${encode(AT)}.${encode(1)}.aaaa`],
  ["whose payload is empty", (forge) => `${forge.part(0)}..${forge.part(2)}`],
  ["of 5,000 characters", (forge) => `${forge.valid}${"a".repeat(5000)}`],
];
