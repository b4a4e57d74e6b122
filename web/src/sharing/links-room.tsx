import { useSignal } from "@preact/signals";
import { Icon } from "../parts/icon.js";
import { Failure, Loading } from "../parts/states.js";
import { say } from "../parts/toasts.js";
import { goTo, hrefTo, place } from "../routing/place.js";
import type { Link, LinkState } from "./link.js";
import { nameIn } from "./link.js";
import { LinkCard } from "./link-card.js";
import { useList } from "./list.js";
import { MoreButton } from "./more-button.js";
import { usePolicy } from "./policy.js";
import "./room.css";
import { ShareDialog } from "./share-dialog.js";
import { sharingWords } from "./words.js";

const STATES: readonly LinkState[] = ["active", "disabled", "used-up", "expired", "revoked"];

/** All links of the account at `/drive/links`, or those in a state: `?state=active`. */
export function LinksRoom() {
  const t = sharingWords.value;
  const state = place.value.query.get("state") ?? undefined;
  return (
    <>
      <div class="row room-head">
        <h1>{t.links}</h1>
        <select
          aria-label={t.state}
          value={state ?? ""}
          onChange={({ currentTarget: { value } }) => {
            goTo(hrefTo(["links"], value === "" ? {} : { state: value }));
          }}
        >
          <option value="">{t.anyState}</option>
          {STATES.map((name) => (
            <option key={name} value={name}>
              {t.states[name]}
            </option>
          ))}
        </select>
      </div>
      <Links state={state} />
    </>
  );
}

function Links({ state }: { readonly state: string | undefined }) {
  const t = sharingWords.value;
  const list = useList<Link>({ path: "/links", query: { state }, follows: "link" });
  const rules = usePolicy();
  const sharing = useSignal<Link | undefined>(undefined);
  const fault = list.fault ?? rules.fault;
  if (fault !== undefined) {
    const retry = () => {
      rules.reload();
      void list.reload();
    };
    return <Failure error={fault} onRetry={retry} />;
  }
  const { policy } = rules;
  if (list.items === undefined || policy === undefined) return <Loading />;
  if (list.items.length === 0) {
    return <p class="empty">{state === undefined ? t.linksEmpty : t.linksFilteredEmpty}</p>;
  }
  const changed = (link: Link | undefined) => {
    if (link === undefined) say(t.revoked);
    void list.reload();
  };
  return (
    <>
      {list.items.map((link) => (
        <section key={link.id} class="linked">
          <LinkedTo link={link} onShare={() => (sharing.value = link)} />
          <LinkCard link={link} policy={policy} title={titleOf(link)} onChanged={changed} />
        </section>
      ))}
      <MoreButton list={list} />
      {sharing.value !== undefined && (
        <ShareDialog
          entry={{
            id: sharing.value.entryId,
            kind: sharing.value.entryKind,
            name: entryName(sharing.value),
          }}
          onClose={() => (sharing.value = undefined)}
        />
      )}
    </>
  );
}

function titleOf(link: Link): string {
  const { kinds } = sharingWords.value;
  return link.label ?? (link.kind === "share" ? kinds[link.permission] : kinds[link.kind]);
}

function entryName({ entryPath }: Link): string {
  const t = sharingWords.value;
  return entryPath === null ? t.deleted : (nameIn(entryPath) ?? t.allFiles);
}

/** The file or folder of a link. */
function LinkedTo({ link, onShare }: { readonly link: Link; readonly onShare: () => void }) {
  const t = sharingWords.value;
  const { entryKind, entryPath, entryId } = link;
  const name = entryName(link);
  return (
    <div class="row linked-to">
      <Icon name={entryKind} />
      <h2>
        {entryKind === "folder" && entryPath !== null ? (
          <a href={hrefTo(["folder", entryId])} title={entryPath}>
            {name}
          </a>
        ) : (
          <span title={entryPath ?? undefined}>{name}</span>
        )}
      </h2>
      {entryPath !== null && (
        <button type="button" aria-label={t.shareName(name)} onClick={onShare}>
          {t.share}
        </button>
      )}
    </div>
  );
}
