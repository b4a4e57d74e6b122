import { hrefOf } from "../files/workspace.js";
import { Icon } from "../parts/icon.js";
import { useTask } from "../parts/task.js";
import { say } from "../parts/toasts.js";
import { faultText } from "../words/problems.js";
import { sizeText } from "../words/texts.js";
import { Confirm } from "./confirm.js";
import { endShare, mount, type Shared } from "./share.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly shared: Shared;
  readonly onShare: (entry: Shared["entry"]) => void;
  readonly onLeft: () => void;
}

/** Something that others share with the account. */
export function ReceivedRow({ shared: { entry, share }, onShare, onLeft }: Props) {
  const t = sharingWords.value;
  const { name } = entry;
  const href = hrefOf(entry);
  const adding = useTask(async () => {
    try {
      await mount(entry.id);
      say(t.added(name));
    } catch (error) {
      say(faultText(error), { isFault: true });
    }
  });
  const facts = [
    t.by(share.owner.username ?? t.gone),
    t.roles[share.role],
    ...(share.grantee.kind === "group" ? [`${t.isGroup}: ${share.grantee.name ?? t.gone}`] : []),
    ...(entry.kind === "file" ? [sizeText(entry.sizeBytes)] : []),
  ];
  return (
    <li>
      <Icon name={entry.kind} />
      <div class="shared-name">
        <a {...(href !== undefined && { href })}>{name}</a>
        <span class="muted">{facts.join(" · ")}</span>
      </div>
      <div class="row">
        {share.role === "manager" && (
          <button
            type="button"
            aria-label={t.shareName(name)}
            onClick={() => {
              onShare(entry);
            }}
          >
            {t.share}
          </button>
        )}
        <button type="button" disabled={adding.isRunning} onClick={adding.start}>
          {t.addToFiles}
        </button>
        {share.grantee.kind === "account" && (
          <Confirm
            label={t.leave}
            name={t.leaveName(name)}
            question={t.leaveAsk}
            run={async () => {
              await endShare(share.id);
              onLeft();
            }}
          />
        )}
      </div>
    </li>
  );
}
