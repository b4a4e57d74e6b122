import { Field } from "../parts/field.js";
import { timeText } from "../words/texts.js";
import { Check, Choice } from "./choice.js";
import type { Link, LinkPolicy, Permission } from "./link.js";
import { expiries, type LinkDraft } from "./link-draft.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly draft: LinkDraft;
  readonly link: Link | undefined;
  readonly policy: LinkPolicy;
}

const FOR_FILES: readonly Permission[] = ["view", "download"];

/** What the link lets people do. Nothing is uploaded into a file. */
export function PermissionChoice({
  draft,
  entryKind,
  policy,
  focused,
}: Omit<Props, "link"> & {
  readonly entryKind: "file" | "folder";
  readonly focused: boolean;
}) {
  const t = sharingWords.value;
  const allowed = policy.permissions.filter(
    (name) => entryKind === "folder" || FOR_FILES.includes(name),
  );
  // A link keeps what it has, also if the operator allows it to no new one.
  const present = draft.permission.value;
  const shown = allowed.includes(present) ? allowed : [present, ...allowed];
  const options = shown.map((value) => ({ value, text: t.permissions[value] }));
  return (
    <Choice label={t.permission} value={draft.permission} options={options} focused={focused} />
  );
}

/** It is shown as it is typed: somebody else is going to be told it. */
export function PasswordField({ draft, link, policy }: Props) {
  const t = sharingWords.value;
  const hasOne = link?.kind === "share" && link.hasPassword;
  const isWrong = draft.wrong.value === "password";
  const note = policy.needsPassword && !hasOne ? t.passwordNeeded : t.passwordNote;
  return (
    <>
      <Field
        label={t.password}
        value={draft.password}
        autocomplete="off"
        note={hasOne ? t.passwordKept : note}
        {...(isWrong && { fault: t.passwordBad })}
      />
      {hasOne && !policy.needsPassword && (
        <Check label={t.removePassword} value={draft.removesPassword} />
      )}
    </>
  );
}

/** How long the link is valid. */
export function ExpiryChoice({ draft, link, policy }: Props) {
  const t = sharingWords.value;
  const { expiries: texts } = t;
  const now = link?.expiresAt ?? null;
  const kept = texts.keep(now === null ? texts.never : timeText(now));
  const options = expiries({ policy, ...(link !== undefined && { link }) }).map((value) => ({
    value,
    text: value === "keep" ? kept : texts[value],
  }));
  const isWrong = draft.wrong.value === "expiresAt";
  return (
    <>
      <Choice label={t.expiry} value={draft.expiry} options={options} />
      {draft.expiry.value === "date" && (
        <Field
          label={t.lastDay}
          value={draft.lastDay}
          type="date"
          {...(isWrong && { fault: t.expiryBad })}
        />
      )}
      {draft.expiry.value !== "date" && isWrong && (
        <p class="fault" role="alert">
          {t.expiryBad}
        </p>
      )}
    </>
  );
}

/** How many downloads the link allows; nothing for one that has none. */
export function DownloadsField({ draft }: Pick<Props, "draft">) {
  const t = sharingWords.value;
  if (draft.permission.value === "upload") return null;
  const isWrong = draft.wrong.value === "maxDownloads";
  return (
    <Field
      label={t.maxDownloads}
      value={draft.maxDownloads}
      type="number"
      note={t.maxDownloadsNote}
      {...(isWrong && { fault: t.maxDownloadsBad })}
    />
  );
}
