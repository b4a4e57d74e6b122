import { type FieldFault, InvalidRequestError } from "../platform/errors.js";
import type { LinkDoc } from "./link.js";
import { type LinkChanges, SHARE_FIELDS } from "./terms.js";

/** A link that is to be made. */
interface NewLink {
  readonly link: LinkDoc;
  readonly now: Date;
  /** The rules that it does not keep. */
  readonly faults: readonly FieldFault[];
}

/** A link that is to be changed. */
interface ChangedLink {
  readonly before: LinkDoc;
  readonly changes: LinkChanges;
  readonly now: Date;
  /** The rules that it would not keep. */
  readonly faults: readonly FieldFault[];
}

/** @throws InvalidRequestError when the rules do not allow a new link. */
export function refuseTerms({ link, now, faults }: NewLink): void {
  refuse([...faultsOf(link, link.entryKind, now), ...faults]);
}

/** Fields that do not change may break a rule, because they may be older than the rule. @throws InvalidRequestError when the rules do not allow a change. */
export function refuseChanges({ before, changes, now, faults }: ChangedLink): void {
  const names = Object.keys(changes).map((key) => nameOf(key));
  if (before.kind !== "share") refuse(foreignFaults(names));
  const isChanged = ({ pointer }: FieldFault) => names.includes(pointer.slice(1));
  refuse([...faultsOf(changes, before.entryKind, now), ...faults.filter(isChanged)]);
}

/** What can be wrong whatever the rules are. */
function faultsOf(
  terms: LinkChanges | LinkDoc,
  entryKind: LinkDoc["entryKind"],
  now: Date,
): FieldFault[] {
  const faults: FieldFault[] = [];
  const { expiresAt = null } = terms;
  if (expiresAt !== null && expiresAt <= now) {
    faults.push(fault("expiresAt", "expiresAt must be in the future"));
  }
  const permission = "permission" in terms ? terms.permission : undefined;
  if (entryKind === "file" && permission?.startsWith("upload") === true) {
    faults.push(fault("permission", `permission ${permission} needs a folder`));
  }
  return faults;
}

const foreignFaults = (names: readonly string[]): FieldFault[] =>
  names
    .filter((name) => Object.values(SHARE_FIELDS).includes(name))
    .map((name) => fault(name, `${name} is only for links of the kind share`));

const nameOf = (key: string): string =>
  key in SHARE_FIELDS ? (SHARE_FIELDS[key as keyof LinkChanges] ?? key) : key;

const fault = (field: string, detail: string): FieldFault => ({
  in: "body",
  pointer: `/${field}`,
  detail,
});

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new InvalidRequestError(faults);
}
