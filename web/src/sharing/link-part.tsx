import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { Failure, Loading } from "../parts/states.js";
import { type Link, makeLink, type ShareLink } from "./link.js";
import { LinkCard } from "./link-card.js";
import { LinkForm } from "./link-form.js";
import { useList } from "./list.js";
import { MoreButton } from "./more-button.js";
import { usePolicy } from "./policy.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly entryId: string;
  readonly entryKind: "file" | "folder";
}

/** The links to a file or folder, and a form for another one. */
export function LinkPart({ entryId, entryKind }: Props) {
  const t = sharingWords.value;
  const list = useList<ShareLink>({
    path: "/links",
    query: { entryId, kind: "share" },
    follows: "link",
  });
  const rules = usePolicy();
  const isMaking = useSignal(false);
  const said = useSignal("");
  const status = useRef<HTMLParagraphElement>(null);
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
  const links = list.items.filter(({ state }) => state !== "revoked");
  const isFormOpen = isMaking.value || (links.length === 0 && !list.hasMore);
  const close = () => {
    isMaking.value = false;
    status.current?.focus();
  };
  const make = async (terms: Parameters<typeof makeLink>[1]) => {
    const made = await makeLink(entryId, terms);
    list.replace((items) => [made, ...items.filter(({ id }) => id !== made.id)]);
    said.value = t.made;
    close();
  };
  const changed = (id: string) => (link: Link | undefined) => {
    said.value = link === undefined ? t.revoked : "";
    if (link === undefined) status.current?.focus();
    list.replace((items) =>
      items.flatMap((item) => (item.id !== id ? [item] : link?.kind === "share" ? [link] : [])),
    );
  };
  return (
    <>
      <p ref={status} class="share-said muted" role="status" tabIndex={-1}>
        {said.value}
      </p>
      {isFormOpen ? (
        <section class="new-link" aria-label={t.newLink}>
          <h3>{t.newLink}</h3>
          <LinkForm
            entryKind={entryKind}
            policy={policy}
            onSave={make}
            focused={isMaking.value}
            {...(links.length > 0 && { onCancel: close })}
          />
        </section>
      ) : (
        <button class="new" type="button" onClick={() => (isMaking.value = true)}>
          <Icon name="plus" /> {t.newLink}
        </button>
      )}
      {links.map((link) => (
        <LinkCard
          key={link.id}
          link={link}
          policy={policy}
          title={link.label ?? t.kinds[link.permission]}
          onChanged={changed(link.id)}
        />
      ))}
      <MoreButton list={list} />
    </>
  );
}
