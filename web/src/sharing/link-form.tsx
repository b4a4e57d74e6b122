import { useMemo } from "preact/hooks";
import { Field } from "../parts/field.js";
import { useTask } from "../parts/task.js";
import { me } from "../session/session.js";
import { Check } from "./choice.js";
import type { Link, LinkPolicy, LinkTerms } from "./link.js";
import { draftOf, fieldOf, termsOf } from "./link-draft.js";
import { DownloadsField, ExpiryChoice, PasswordField, PermissionChoice } from "./link-fields.js";
import { sharingWords } from "./words.js";

interface Props {
  /** The link that changes; without it, a new one is made. */
  readonly link?: Link;
  readonly entryKind: "file" | "folder";
  readonly policy: LinkPolicy;
  /** @throws Problem, which the form shows. */
  readonly onSave: (terms: LinkTerms) => Promise<unknown>;
  readonly onCancel?: () => void;
  /** Whether its first field has the focus when it appears. */
  readonly focused?: boolean;
}

/** The form of a link: a new one, or one that changes. */
export function LinkForm(props: Props) {
  const { link, entryKind, policy, onSave, onCancel, focused = false } = props;
  const t = sharingWords.value;
  const of = { policy, ...(link !== undefined && { link }) };
  const draft = useMemo(() => draftOf(of), [link?.id]);
  const task = useTask(async () => {
    const terms = termsOf(draft, of);
    if (terms === undefined) return;
    try {
      await onSave(terms);
    } catch (error) {
      draft.wrong.value = fieldOf(error);
      if (draft.wrong.value === undefined) throw error;
    }
  });
  const isShare = link === undefined || link.kind === "share";
  return (
    <form class="link-form" noValidate onSubmit={task.start}>
      {isShare && <PermissionChoice {...{ draft, entryKind, policy, focused }} />}
      <Field label={t.label} value={draft.label} note={t.labelNote} />
      {isShare && <PasswordField draft={draft} link={link} policy={policy} />}
      <ExpiryChoice draft={draft} link={link} policy={policy} />
      {isShare && <DownloadsField draft={draft} />}
      {isShare && me.value?.email !== null && <Check label={t.notify} value={draft.notifies} />}
      {task.fault !== undefined && (
        <p class="fault" role="alert">
          {task.fault}
        </p>
      )}
      <div class="row">
        <button class="primary" type="submit" disabled={task.isRunning}>
          {link === undefined ? t.makeLink : t.save}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            {t.cancel}
          </button>
        )}
      </div>
    </form>
  );
}
