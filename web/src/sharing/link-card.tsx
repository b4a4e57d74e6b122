import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useTask } from "../parts/task.js";
import { timeText } from "../words/texts.js";
import { Confirm } from "./confirm.js";
import { CopyField } from "./copy-field.js";
import { changeLink, type Link, type LinkPolicy, revokeLink, urlOf } from "./link.js";
import { LinkForm } from "./link-form.js";
import { LinkUses } from "./link-uses.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly link: Link;
  readonly policy: LinkPolicy;
  readonly title: string;
  /** Called with the link as it is now; `undefined` once it is revoked. */
  readonly onChanged: (link: Link | undefined) => void;
}

/** A link with all that can be done with it. */
export function LinkCard({ link, policy, title, onChanged }: Props) {
  const t = sharingWords.value;
  const card = useRef<HTMLElement>(null);
  const open = useSignal<"change" | "uses" | undefined>(undefined);
  const toggle = (part: "change" | "uses") => () =>
    (open.value = open.value === part ? undefined : part);
  const change = async (terms: Parameters<typeof changeLink>[1]) => {
    if (Object.keys(terms).length > 0) onChanged(await changeLink(link.id, terms));
  };
  const closeForm = () => {
    open.value = undefined;
    card.current?.focus();
  };
  const isRevoked = link.state === "revoked";
  return (
    <article ref={card} class="link-card" aria-label={title} tabIndex={-1}>
      <h3>
        {title} <StateMark link={link} />
      </h3>
      <LinkFacts link={link} />
      {link.kind !== "grant" && !isRevoked && <CopyField url={urlOf(link)} />}
      <div class="row">
        {!isRevoked && (
          <>
            <OnSwitch isOn={link.isEnabled} onSwitch={(isEnabled) => change({ isEnabled })} />
            <button
              type="button"
              aria-expanded={open.value === "change"}
              onClick={toggle("change")}
            >
              {t.change}
            </button>
          </>
        )}
        <button type="button" aria-expanded={open.value === "uses"} onClick={toggle("uses")}>
          {t.uses}
        </button>
        {!isRevoked && (
          <Confirm
            label={t.revoke}
            name={`${t.revoke}: ${title}`}
            question={t.revokeAsk}
            run={async () => {
              await revokeLink(link.id);
              card.current?.focus();
              onChanged(undefined);
            }}
          />
        )}
      </div>
      {open.value === "uses" && <LinkUses id={link.id} title={title} />}
      {open.value === "change" && (
        <LinkForm
          link={link}
          entryKind={link.entryKind}
          policy={policy}
          onSave={async (terms) => {
            await change(terms);
            closeForm();
          }}
          onCancel={closeForm}
        />
      )}
    </article>
  );
}

interface SwitchProps {
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => Promise<void>;
}

function OnSwitch({ isOn, onSwitch }: SwitchProps) {
  const task = useTask(() => onSwitch(!isOn));
  return (
    <>
      <label class="share-check">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          disabled={task.isRunning}
          onChange={task.start}
        />
        {sharingWords.value.isOn}
      </label>
      {task.fault !== undefined && (
        <p class="fault" role="alert">
          {task.fault}
        </p>
      )}
    </>
  );
}

/** The state of a link in a word. */
export function StateMark({ link: { state } }: { readonly link: Link }) {
  return <span class={`mark-state mark-${state}`}>{sharingWords.value.states[state]}</span>;
}

/** What a link is for, in a line. */
function LinkFacts({ link }: { readonly link: Link }) {
  const t = sharingWords.value;
  const { expiresAt } = link;
  const facts = [
    link.kind === "share" ? t.kinds[link.permission] : t.kinds[link.kind],
    ...(link.kind === "share" && link.hasPassword ? [t.withPassword] : []),
    ...(expiresAt === null
      ? []
      : [(link.state === "expired" ? t.untilPast : t.until)(timeText(expiresAt))]),
    ...(link.kind === "share" && link.permission !== "upload"
      ? [t.downloads(link.downloads, link.maxDownloads)]
      : []),
    link.lastUsedAt === null ? t.neverUsed : t.lastUsed(timeText(link.lastUsedAt)),
  ];
  return <p class="facts muted">{facts.join(" · ")}</p>;
}
