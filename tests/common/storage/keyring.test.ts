import { createDecipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Binary } from "mongodb";
import { newBlobId } from "../../../common/platform/ids.js";
import { FrameCipher } from "../../../common/storage/frame-cipher.js";
import { Keyring, type WrappedKey } from "../../../common/storage/keyring.js";
import { HeldCipher, type HeldPlace } from "../../../common/storage/held-cipher.js";
import { newKey } from "../../support/blobs.js";

function wrapNew(keyring: Keyring) {
  const blobId = newBlobId();
  const wrapped = keyring.newDataKey(blobId);
  if (wrapped === null) throw new Error("Nothing is encrypted");
  return { blobId, wrapped };
}

const missing = expect.objectContaining({ code: "encryption-key-missing" }) as unknown;

/** What a function throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("A data key", () => {
  test("is made for no blob where there is no master key", () => {
    expect(new Keyring([]).newDataKey(newBlobId())).toBeNull();
  });

  test("is wrapped with the first master key, and unwrapped with whichever wrapped it", () => {
    const [first, second] = [newKey("a"), newKey("b")];
    const { blobId, wrapped } = wrapNew(new Keyring([first, second]));

    expect(wrapped.keyId).toBe("a");
    const rotated = new Keyring([second, first]);
    const rewrapped = rotated.rewrap(blobId, wrapped);
    expect(rewrapped.keyId).toBe("b");
    const dataKey = rotated.unwrap(blobId, wrapped);
    expect(new Keyring([second]).unwrap(blobId, rewrapped).equals(dataKey)).toBe(true);
    expect(dataKey.symmetricKeySize).toBe(32);
  });

  test("is another one for each blob, and is wrapped otherwise each time", () => {
    const keyring = new Keyring([newKey("a")]);
    const { blobId, wrapped } = wrapNew(keyring);
    const other = wrapNew(keyring);

    expect(keyring.rewrap(blobId, wrapped)).not.toEqual(wrapped);
    expect(
      keyring.unwrap(blobId, wrapped).equals(keyring.unwrap(other.blobId, other.wrapped)),
    ).toBe(false);
  });

  test.each<[string, (wrapped: WrappedKey) => { keys: string[]; wrapped: WrappedKey }]>([
    ["its master key is not there", (wrapped) => ({ keys: ["b"], wrapped })],
    ["another key has the id", (wrapped) => ({ keys: ["a"], wrapped })],
  ])("does not open when %s, and the error names the id and no key", (_, change) => {
    const key = newKey("a");
    const { blobId, wrapped } = wrapNew(new Keyring([key]));
    const changed = change(wrapped);
    const keyring = new Keyring(changed.keys.map(newKey));

    const error = thrownBy(() => keyring.unwrap(blobId, changed.wrapped));
    expect(error).toMatchObject({ code: "encryption-key-missing", keyId: "a", facts: {} });
    expect(JSON.stringify(error)).not.toContain(key.key.export().toString("base64"));
  });

  test("does not open for another blob, under another id, or with any bit flipped", () => {
    const { id, key } = newKey("a");
    const keyring = new Keyring([
      { id, key },
      { id: "same", key },
    ]);
    const { blobId, wrapped } = wrapNew(keyring);

    expect(thrownBy(() => keyring.unwrap(newBlobId(), wrapped))).toEqual(missing);
    expect(thrownBy(() => keyring.unwrap(blobId, { ...wrapped, keyId: "same" }))).toEqual(missing);
    const bytes = Buffer.from(wrapped.wrappedKey.value());
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (index, bit) => {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index);
        const wrappedKey = new Binary(flipped);
        expect(thrownBy(() => keyring.unwrap(blobId, { keyId: "a", wrappedKey }))).toEqual(missing);
      }),
    );
    const short = new Binary(bytes.subarray(1));
    expect(thrownBy(() => keyring.unwrap(blobId, { keyId: "a", wrappedKey: short }))).toEqual(
      missing,
    );
  });
});

describe("An encrypted frame", () => {
  test("is what docs/encryption.md says, so that any AES-256-GCM opens it", () => {
    const keyring = new Keyring([newKey("a")]);
    const { blobId, wrapped } = wrapNew(keyring);
    const dataKey = keyring.unwrap(blobId, wrapped);
    const content = randomBytes(1000);
    const pieces = [content.subarray(0, 1), content.subarray(1, 700), content.subarray(700)];

    const frame = { n: 3, pieces, sizeBytes: 1000, isLast: true };
    const sealed = new FrameCipher(dataKey, blobId).encrypt(frame, 7);

    const nonce = Buffer.from("00000007" + "0000000000000003", "hex");
    const decipher = createDecipheriv("aes-256-gcm", dataKey, nonce);
    decipher.setAAD(Buffer.from(blobId.toHexString() + "0000000000000003" + "01", "hex"));
    decipher.setAuthTag(sealed.subarray(-16));
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    expect(opened.equals(content)).toBe(true);
  });
});

describe("What is kept of a resumable upload", () => {
  test("opens for its own place and for no other, and under no other blob's key", () => {
    const keyring = new Keyring([newKey("a")]);
    const { blobId, wrapped } = wrapNew(keyring);
    const other = wrapNew(keyring);
    const cipher = new HeldCipher(keyring.unwrap(blobId, wrapped), blobId);
    const foreign = new HeldCipher(keyring.unwrap(other.blobId, other.wrapped), other.blobId);
    const place = fc.record<HeldPlace>({
      what: fc.constantFrom("tail", "digest"),
      offset: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 }),
    });

    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        place,
        fc.nat(),
        (held, { what, offset }, position) => {
          const bytes = Buffer.from(held);
          const sealed = cipher.encrypt(bytes, { what, offset });
          expect(cipher.decrypt(sealed, { what, offset }).equals(bytes)).toBe(true);

          const damaged = expect.objectContaining({ code: "damaged-content" }) as unknown;
          const flipped = Buffer.from(sealed);
          const index = position % sealed.length;
          flipped.writeUInt8(flipped.readUInt8(index) ^ 1, index);
          const otherWhat = what === "tail" ? "digest" : "tail";
          for (const open of [
            () => cipher.decrypt(flipped, { what, offset }),
            () => cipher.decrypt(sealed, { what, offset: offset + 1 }),
            () => cipher.decrypt(sealed, { what: otherWhat, offset }),
            () => foreign.decrypt(sealed, { what, offset }),
            () => cipher.decrypt(sealed.subarray(0, 20), { what, offset }),
          ]) {
            expect(thrownBy(open)).toEqual(damaged);
          }
          expect(cipher.encrypt(bytes, { what, offset }).equals(sealed)).toBe(false);
        },
      ),
    );
  });
});
