import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { VersionRules } from "../../../common/accounts/version-rules.js";
import { type JudgedVersion, keptVersions } from "../../../common/versions/keep-walk.js";

const DAY_MS = 86_400_000;
const NONE: VersionRules = { maxCount: null, maxAgeDays: null, dailyAfterDays: null };
const NOW = new Date("2026-03-10T12:00:00.000Z");

/** `*` marks the current version, and what is after `=` is its label. */
function versionOf(text: string): JudgedVersion {
  const [time = "", label] = text.replace("*", "").split("=");
  const createdAt = new Date(`2026-${time}:00.000Z`);
  return { _id: time, createdAt, label: label ?? null };
}

/** The times of those that stay. The current one is the newest, unless another one is marked. */
function kept(rules: Partial<VersionRules>, texts: readonly string[]): string[] {
  const current = texts.find((text) => text.endsWith("*")) ?? texts[0] ?? "";
  const against = { rules: { ...NONE, ...rules }, currentId: versionOf(current)._id, now: NOW };
  return keptVersions(texts.map(versionOf), against).map(({ _id }) => _id);
}

interface History {
  readonly rules: Partial<VersionRules>;
  /** Newest first; see {@link versionOf}. */
  readonly times: readonly string[];
  /** Which of them stay. */
  readonly stay: readonly number[];
}

const FOUR = ["03-10T11:00", "03-10T10:00", "03-09T10:00", "03-01T10:00"];
const DAYS = ["03-10T11:00", "03-08T09:00", "03-07T20:00", "03-07T08:00", "03-06T23:59"];

describe("The versions that are kept", () => {
  test.each<[string, History]>([
    ["are all of them without a rule", { rules: {}, times: FOUR, stay: [0, 1, 2, 3] }],
    ["are at most so many, the newest", { rules: { maxCount: 2 }, times: FOUR, stay: [0, 1] }],
    ["are the current one at least", { rules: { maxCount: 1 }, times: FOUR, stay: [0] }],
    ["are none where there is none", { rules: { maxCount: 1 }, times: [], stay: [] }],
    [
      "have the current one among them, wherever it stands",
      { rules: { maxCount: 1 }, times: ["03-02T10:00", "03-01T10:00*"], stay: [1] },
    ],
    [
      "are those that were replaced a short time ago",
      { rules: { maxAgeDays: 1 }, times: FOUR, stay: [0, 1, 2] },
    ],
    [
      "are not those that were replaced earlier",
      { rules: { maxAgeDays: 1 }, times: ["03-08T10:00", "03-01T10:00", "02-01T10:00"], stay: [0] },
    ],
    [
      "have the age at which the next one came, not their own",
      { rules: { maxAgeDays: 1 }, times: ["03-10T11:00", "01-01T10:00"], stay: [0, 1] },
    ],
    [
      "are the first ones of days",
      { rules: { dailyAfterDays: 1 }, times: DAYS, stay: [0, 1, 3, 4] },
    ],
    [
      "are all of a day that is not old enough",
      { rules: { dailyAfterDays: 3 }, times: DAYS, stay: [0, 1, 2, 3, 4] },
    ],
    [
      "are counted after the days were thinned",
      { rules: { dailyAfterDays: 1, maxCount: 3 }, times: DAYS, stay: [0, 1, 3] },
    ],
    [
      "have those with a label, which do not count",
      {
        rules: { maxCount: 2 },
        times: ["03-10T11:00", "03-10T10:00=a", "03-09T10:00", "03-01T10:00=b"],
        stay: [0, 1, 2, 3],
      },
    ],
    [
      "have those with a label at any age, and any number a day",
      {
        rules: { maxAgeDays: 1, dailyAfterDays: 1 },
        times: ["03-07T20:00", "03-07T09:00=a", "03-07T08:00=b"],
        stay: [0, 1, 2],
      },
    ],
  ])("%s", (_title, { rules, times, stay }) => {
    const ids = times.map((text) => versionOf(text)._id);

    expect(kept(rules, times)).toEqual(stay.map((n) => ids[n]));
  });
});

const rule = (max: number) => fc.option(fc.integer({ min: 1, max }));
const histories = fc.record({
  rules: fc.record({ maxCount: rule(12), maxAgeDays: rule(9), dailyAfterDays: rule(9) }),
  versions: fc
    .array(
      fc.record({
        minutes: fc.integer({ min: 0, max: 10 * 24 * 60 }),
        label: fc.option(fc.constant("label"), { freq: 4 }),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((drawn) =>
      drawn
        .map(({ minutes, label }, n) => {
          const createdAt = new Date(NOW.getTime() - minutes * 60_000);
          return { _id: String(n).padStart(2, "0"), createdAt, label };
        })
        .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1)),
    ),
  current: fc.nat(),
});

const replacedDaysAgo = (versions: readonly JudgedVersion[], n: number) =>
  (NOW.getTime() - Number((versions[n - 1] ?? versions[n])?.createdAt)) / DAY_MS;
const dayOf = ({ createdAt }: JudgedVersion) => createdAt.toISOString().slice(0, 10);

describe("Of any history, the rules", () => {
  test("keep what is current or has a label, and nothing that they forbid; twice is as once", () => {
    fc.assert(
      fc.property(histories, ({ rules, versions, current }) => {
        const currentId = versions[current % versions.length]?._id ?? "";
        const against = { rules, currentId, now: NOW };
        const isHeld = ({ _id, label }: JudgedVersion) => _id === currentId || label !== null;

        const stays = keptVersions(versions, against);

        expect(stays.filter(isHeld)).toEqual(versions.filter(isHeld));
        expect(keptVersions(stays, against)).toEqual(stays);
        const free = stays.filter((version) => !isHeld(version));
        expect(free.length).toBeLessThan(rules.maxCount ?? Infinity);
        for (const version of free) {
          const age = replacedDaysAgo(stays, stays.indexOf(version));
          expect(age).toBeLessThanOrEqual(rules.maxAgeDays ?? Infinity);
        }
        const old = free.filter(
          (version) =>
            replacedDaysAgo(stays, stays.indexOf(version)) > (rules.dailyAfterDays ?? Infinity),
        );
        expect(new Set(old.map(dayOf)).size).toBe(old.length);
      }),
    );
  });

  test("remove nothing where there are none", () => {
    fc.assert(
      fc.property(histories, ({ versions }) => {
        const against = { rules: NONE, currentId: "", now: NOW };
        expect(keptVersions(versions, against)).toEqual(versions);
      }),
    );
  });
});
