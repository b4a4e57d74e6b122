import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { goTo, place } from "../routing/place.js";
import { ListView } from "./list-view.js";
import type { Source } from "./pages.js";
import { searchWords } from "./search-words.js";
import { type Order, orderOf } from "./sources.js";
import { withQuery } from "./workspace.js";
import "./search.css";

/** How long nobody types before it is searched. */
const PAUSE_MS = 200;
const DAY_MS = 86_400_000;

const TYPES = [
  ...["image/*", "video/*", "audio/*", "document", "spreadsheet", "presentation"],
  ...["text", "code", "archive"],
] as const;
const DAYS = ["1", "7", "31", "365"] as const;
const concerns = () => true;

/** From the beginning of a day, so that the same state asks for the same. */
function since(days: string | null): string | undefined {
  if (days === null || !/^\d{1,4}$/.test(days)) return undefined;
  const today = new Date().setHours(0, 0, 0, 0);
  return new Date(today - Number(days) * DAY_MS).toISOString();
}

/** Words have two letters at least. */
const contentOf = (query: URLSearchParams) => {
  const words = query.get("content") ?? "";
  return words.length < 2 ? undefined : words;
};

/** The list that a URL asks for; `undefined` if it asks for nothing. */
function found(query: URLSearchParams, order: Order): Source | undefined {
  const given = {
    q: query.get("q") ?? undefined,
    type: query.get("type") ?? undefined,
    tag: query.get("tag") ?? undefined,
    content: contentOf(query),
    createdAfter: since(query.get("days")),
  };
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  return { path: "/search", query: { ...given, sort: order }, canCount: true };
}

/** At `/drive/search`: what is found by name, type, time and tag, as somebody types. */
export function SearchRoom() {
  const t = searchWords.value;
  const { query } = place.value;
  const order = orderOf(query.get("sort"));
  const source = useMemo(() => found(query, order), [query.toString(), order]);
  const heading = <SearchForm />;
  if (source === undefined) {
    return (
      <div class="files">
        <div class="top">{heading}</div>
        <p class="empty">{t.begin}</p>
      </div>
    );
  }
  return (
    <ListView
      {...{ source, order, concerns, heading }}
      label={t.results}
      empty={t.nothing}
      showsPath
    />
  );
}

function SearchForm() {
  const t = searchWords.value;
  const { query } = place.value;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
  }, []);
  return (
    <search class="searching">
      <h1 class="hidden">{t.title}</h1>
      <TypedField name="q" label={t.query} field={input} />
      <TypedField name="content" label={t.content} />
      <Choice name="type" label={t.type} any={t.anyType} options={TYPES} texts={t.types} />
      <Choice name="days" label={t.time} any={t.anyTime} options={DAYS} texts={t.days} />
      <TypedField name="tag" label={t.tag} />
      {query.size > 0 && (
        <a href="/drive/search" class="clear">
          {t.clear}
        </a>
      )}
    </search>
  );
}

interface TypedProps {
  readonly name: string;
  readonly label: string;
  readonly field?: { current: HTMLInputElement | null };
}

/** A field that searches a moment after somebody has typed. */
function TypedField({ name, label, field }: TypedProps) {
  const inUrl = place.value.query.get(name) ?? "";
  const typed = useSignal(inUrl);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (waiting.current === undefined) typed.value = inUrl;
  }, [inUrl]);
  useEffect(
    () => () => {
      clearTimeout(waiting.current);
    },
    [],
  );
  return (
    <input
      ref={field ?? null}
      type="search"
      class={name}
      aria-label={label}
      placeholder={label}
      value={typed.value}
      onInput={({ currentTarget }) => {
        typed.value = currentTarget.value;
        clearTimeout(waiting.current);
        waiting.current = setTimeout(() => {
          waiting.current = undefined;
          const value = typed.value.trim();
          const isFirst = place.value.query.size === 0;
          const href = withQuery({ [name]: value === "" ? undefined : value });
          goTo(href, { replaces: !isFirst });
        }, PAUSE_MS);
      }}
    />
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly any: string;
  readonly options: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}

function Choice({ name, label, any, options, texts }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={place.value.query.get(name) ?? ""}
      onChange={({ currentTarget: { value } }) => {
        goTo(withQuery({ [name]: value === "" ? undefined : value }));
      }}
    >
      <option value="">{any}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {texts[option]}
        </option>
      ))}
    </select>
  );
}
