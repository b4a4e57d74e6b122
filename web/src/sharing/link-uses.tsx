import { Failure, Loading } from "../parts/states.js";
import { sizeText, timeText } from "../words/texts.js";
import type { LinkUse } from "./link.js";
import { useList } from "./list.js";
import { MoreButton } from "./more-button.js";
import { sharingWords } from "./words.js";

/** Who used a link: each download and upload, the latest first. It follows what happens. */
export function LinkUses({ id, title }: { readonly id: string; readonly title: string }) {
  const t = sharingWords.value;
  const list = useList<LinkUse>({ path: `/links/${id}/log`, follows: "link" });
  if (list.fault !== undefined) {
    return <Failure error={list.fault} onRetry={() => void list.reload()} />;
  }
  if (list.items === undefined) return <Loading />;
  if (list.items.length === 0) return <p class="empty">{t.usesEmpty}</p>;
  return (
    <>
      <ul class="uses" aria-label={t.usesTitle(title)}>
        {list.items.map((use) => (
          <li key={use.id}>
            <span class="use-name">
              {t.use[use.kind]}: {use.name}
            </span>
            <span class="muted">
              {[
                timeText(use.startedAt),
                use.addressPrefix,
                sizeText(use.bytes),
                ...(use.isComplete ? [] : [t.incomplete]),
              ].join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      <MoreButton list={list} />
    </>
  );
}
