import { useSignal } from "@preact/signals";
import { Failure, Loading } from "../parts/states.js";
import { say } from "../parts/toasts.js";
import { GroupsPart } from "./groups-part.js";
import { useList } from "./list.js";
import { MoreButton } from "./more-button.js";
import { ReceivedRow } from "./received-row.js";
import "./room.css";
import type { Shared } from "./share.js";
import { ShareDialog } from "./share-dialog.js";
import { sharingWords } from "./words.js";

/** What others share with the account, at `/drive/shared`. */
export function SharedRoom() {
  const t = sharingWords.value;
  const list = useList<Shared>({ path: "/shared" });
  const sharing = useSignal<Shared["entry"] | undefined>(undefined);
  return (
    <>
      <h1>{t.shared}</h1>
      <SharedList list={list} onShare={(entry) => (sharing.value = entry)} />
      <GroupsPart />
      {sharing.value !== undefined && (
        <ShareDialog entry={sharing.value} onClose={() => (sharing.value = undefined)} />
      )}
    </>
  );
}

interface Props {
  readonly list: ReturnType<typeof useList<Shared>>;
  readonly onShare: (entry: Shared["entry"]) => void;
}

function SharedList({ list, onShare }: Props) {
  const t = sharingWords.value;
  const { items, fault, hasMore } = list;
  if (fault !== undefined) return <Failure error={fault} onRetry={() => void list.reload()} />;
  if (items === undefined) return <Loading />;
  if (items.length === 0 && !hasMore) return <p class="empty">{t.sharedEmpty}</p>;
  return (
    <>
      <ul class="shared-list" aria-label={t.shared}>
        {items.map((shared) => (
          <ReceivedRow
            key={shared.share.id}
            shared={shared}
            onShare={onShare}
            onLeft={() => {
              list.replace((all) => all.filter(({ share }) => share.id !== shared.share.id));
              say(t.left(shared.entry.name));
            }}
          />
        ))}
      </ul>
      <MoreButton list={list} />
    </>
  );
}
