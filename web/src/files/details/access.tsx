import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, type Page } from "../../http/api.js";
import { Problem } from "../../http/problem.js";
import { faultText } from "../../words/problems.js";
import { timeText } from "../../words/texts.js";
import type { Entry } from "../entry.js";
import { detailWords } from "./words.js";

interface Share {
  readonly id: string;
  readonly role: "viewer" | "editor" | "manager";
  readonly isValid: boolean;
  readonly grantee: { readonly kind: "account" | "group"; readonly name: string | null };
}

interface Link {
  readonly id: string;
  readonly kind: "share" | "url" | "grant";
  readonly label: string | null;
  readonly hasPassword?: boolean;
  readonly expiresAt: string | null;
}

interface Known {
  readonly shares: readonly Share[];
  readonly links: readonly Link[];
}

/** Only who may share an entry learns who has it. */
const unlessHidden = (error: unknown) => {
  if (error instanceof Problem && (error.status === 404 || error.status === 403)) return undefined;
  throw error;
};

async function read(id: string): Promise<Known> {
  const [shares, links] = await Promise.all([
    ask<Page<Share>>("GET", "/shares", { query: { entryId: id, limit: 100 } }).catch(unlessHidden),
    ask<Page<Link>>("GET", "/links", {
      query: { entryId: id, state: "active", limit: 100 },
    }).catch(unlessHidden),
  ]);
  const valid = shares?.items.filter(({ isValid }) => isValid) ?? [];
  return { shares: valid, links: links?.items ?? [] };
}

/** Who can get at an entry: people, groups, and those who have a link. */
export function Access({ entry }: { readonly entry: Entry }) {
  const t = detailWords.value;
  const known = useSignal<Known | undefined>(undefined);
  const fault = useSignal<unknown>(undefined);
  useEffect(() => {
    void read(entry.id)
      .then((found) => (known.value = found))
      .catch((error: unknown) => (fault.value = error));
  }, []);
  const { value } = known;
  return (
    <section aria-label={t.access}>
      <h3>{t.access}</h3>
      {fault.value !== undefined && <p class="fault">{faultText(fault.value)}</p>}
      {value !== undefined && value.shares.length + value.links.length === 0 && (
        <p class="muted">{t.onlyYou}</p>
      )}
      <ul class="access">
        {value?.shares.map(({ id, grantee, role }) => (
          <li key={id}>
            <span>{grantee.name ?? t.unknown}</span>
            <span class="muted">{t.roles[role]}</span>
          </li>
        ))}
        {value?.links.map((link) => (
          <li key={link.id}>
            <span>{link.label ?? t.linkKinds[link.kind]}</span>
            <span class="muted">
              {link.hasPassword === true ? `${t.withPassword} · ` : ""}
              {link.expiresAt === null ? t.forEver : t.until(timeText(link.expiresAt))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
