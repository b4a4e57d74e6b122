import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../http/api.js";
import { Field } from "../parts/field.js";
import { Failure, Loading } from "../parts/states.js";
import { useTask } from "../parts/task.js";
import { GroupCard } from "./group-card.js";
import { type Group, makeGroup } from "./group.js";
import { sharingWords } from "./words.js";

interface State {
  readonly groups?: readonly Group[];
  readonly fault?: unknown;
}

/** The groups that the account looks after or belongs to, and a form for another one. */
export function GroupsPart() {
  const t = sharingWords.value;
  const state = useSignal<State>({});
  const said = useSignal("");
  const status = useRef<HTMLParagraphElement>(null);
  const load = () => {
    state.value = {};
    void ask<{ readonly items: readonly Group[] }>("GET", "/groups").then(
      ({ items }) => (state.value = { groups: items }),
      (fault: unknown) => (state.value = { fault }),
    );
  };
  useEffect(load, []);
  const { groups, fault } = state.value;
  if (fault !== undefined) return <Failure error={fault} onRetry={load} />;
  if (groups === undefined) return <Loading />;
  const changed = (id: string) => (group: Group | undefined) => {
    state.value = {
      groups: groups.flatMap((old) => (old.id !== id ? [old] : group === undefined ? [] : [group])),
    };
    said.value = group === undefined ? t.groupGone : "";
    if (group === undefined) status.current?.focus();
  };
  return (
    <section class="groups" aria-labelledby="groups-title">
      <h2 id="groups-title">{t.groups}</h2>
      <p class="muted">{t.groupsNote}</p>
      <p ref={status} class="share-said muted" role="status" tabIndex={-1}>
        {said.value}
      </p>
      {groups.map((group) => (
        <GroupCard key={group.id} group={group} onChanged={changed(group.id)} />
      ))}
      <NewGroup onMade={(group) => (state.value = { groups: [...groups, group] })} />
    </section>
  );
}

function NewGroup({ onMade }: { readonly onMade: (group: Group) => void }) {
  const t = sharingWords.value;
  const name = useSignal("");
  const task = useTask(async () => {
    onMade(await makeGroup(name.value.trim()));
    name.value = "";
  });
  return (
    <form class="row add-row" onSubmit={task.start}>
      <Field
        label={t.newGroup}
        value={name}
        autocomplete="off"
        required
        {...(task.fault !== undefined && { fault: task.fault })}
      />
      <button type="submit" disabled={task.isRunning}>
        {t.makeGroup}
      </button>
    </form>
  );
}
