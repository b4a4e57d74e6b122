import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Failure, Loading } from "../parts/states.js";
import { GiveForm } from "./give-form.js";
import { useList } from "./list.js";
import { MoreButton } from "./more-button.js";
import { PersonRow } from "./person-row.js";
import type { Share } from "./share.js";
import { sharingWords } from "./words.js";

/** The people and groups that a file or folder is shared with, and a form for another one. */
export function PeoplePart({ entryId }: { readonly entryId: string }) {
  const t = sharingWords.value;
  const list = useList<Share>({ path: "/shares", query: { entryId } });
  const said = useSignal("");
  const status = useRef<HTMLParagraphElement>(null);
  const put = (share: Share) => {
    list.replace((items) =>
      items.some(({ id }) => id === share.id)
        ? items.map((item) => (item.id === share.id ? share : item))
        : [share, ...items],
    );
  };
  return (
    <>
      <GiveForm
        entryId={entryId}
        onGiven={(share) => {
          put(share);
          said.value = t.nowShared(share.grantee.name ?? t.gone);
        }}
      />
      <p ref={status} class="share-said muted" role="status" tabIndex={-1}>
        {said.value}
      </p>
      <h3>{t.access}</h3>
      <Access
        list={list}
        onChanged={put}
        onEnded={(share) => {
          list.replace((items) => items.filter(({ id }) => id !== share.id));
          said.value = t.noMore(share.grantee.name ?? t.gone);
          status.current?.focus();
        }}
      />
    </>
  );
}

interface AccessProps {
  readonly list: ReturnType<typeof useList<Share>>;
  readonly onChanged: (share: Share) => void;
  readonly onEnded: (share: Share) => void;
}

function Access({ list, onChanged, onEnded }: AccessProps) {
  const t = sharingWords.value;
  const { items, fault } = list;
  if (fault !== undefined) return <Failure error={fault} onRetry={() => void list.reload()} />;
  if (items === undefined) return <Loading />;
  const owner = items[0]?.owner.username;
  return (
    <>
      {items.length === 0 ? (
        <p class="muted">{t.accessEmpty}</p>
      ) : (
        <ul class="share-access" aria-label={t.access}>
          {owner !== undefined && owner !== null && (
            <li>
              <span class="who">{owner}</span>
              <span class="muted">{t.isOwner}</span>
            </li>
          )}
          {items.map((share) => (
            <PersonRow key={share.id} share={share} onChanged={onChanged} onEnded={onEnded} />
          ))}
        </ul>
      )}
      <MoreButton list={list} />
    </>
  );
}
