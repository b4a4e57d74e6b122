import { describe, expect, test } from "@jest/globals";
import { SHARE_ROLES, type ShareDoc } from "../../../common/shares/share.js";
import { type Shared, validShares } from "../../../common/shares/validity.js";
import { SeededRandom } from "../../support/random.js";

const OWNER = "owner";
const ACCOUNTS = ["a", "b", "c", "d"];
const GROUPS = ["g", "h"];
const WAY = ["file", "inner", "outer"];
const GRAPHS = 3000;

/** Some shares among four accounts and two groups. */
function graph(random: SeededRandom): Shared {
  const shares = Array.from({ length: random.below(12) }, (_, index): ShareDoc => {
    const granteeId = random.pick([...ACCOUNTS, ...GROUPS]);
    return {
      ...{ _id: String(index), ownerId: OWNER, entryKind: "folder", createdAt: new Date(0) },
      ...{
        entryId: random.pick([...WAY, "elsewhere"]),
        role: random.pick([...SHARE_ROLES, "manager"]),
      },
      ...{ granteeKind: GROUPS.includes(granteeId) ? "group" : "account", granteeId },
      actorId: random.pick([OWNER, ...ACCOUNTS, ...ACCOUNTS]),
    };
  });
  const some = () => ACCOUNTS.filter(() => random.below(3) === 0);
  const members = new Map(GROUPS.map((group) => [group, some()]));
  return { ownerId: OWNER, way: WAY, shares, members };
}

/** The rule as it is told: from a share to its maker, to what makes that one a manager, and so on to the owner, never twice by the same share. */
function isValid(shared: Shared, share: ShareDoc, seen: readonly ShareDoc[] = []): boolean {
  const { way, shares, members } = shared;
  if (!way.includes(share.entryId) || seen.includes(share)) return false;
  if (share.actorId === OWNER) return true;
  return shares.some(
    (other) =>
      other.role === "manager" &&
      way.indexOf(other.entryId) >= way.indexOf(share.entryId) &&
      [other.granteeId, ...(members.get(other.granteeId) ?? [])].includes(share.actorId) &&
      isValid(shared, other, [...seen, share]),
  );
}

describe("Of the shares of an entry and the folders above it", () => {
  test(`those are valid that lead to the owner, in ${GRAPHS} graphs`, () => {
    let withChains = 0;
    for (let seed = 0; seed < GRAPHS; seed += 1) {
      const shared = graph(new SeededRandom(seed));
      const expected = shared.shares.filter((share) => isValid(shared, share));

      const found = validShares(shared);

      expect({ seed, valid: shared.shares.filter((share) => found.has(share)) }).toEqual({
        seed,
        valid: expected,
      });
      if (expected.some(({ actorId }) => actorId !== OWNER)) withChains += 1;
    }
    expect(withChains).toBeGreaterThan(GRAPHS / 10);
  });
});
