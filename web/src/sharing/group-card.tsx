import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Problem } from "../http/problem.js";
import { Field } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { useTask } from "../parts/task.js";
import { me } from "../session/session.js";
import { Confirm } from "./confirm.js";
import { addMember, deleteGroup, type Group, removeMember } from "./group.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly group: Group;
  /** Called with the group as it is now; `undefined` once the account does not see it any more. */
  readonly onChanged: (group: Group | undefined) => void;
}

/** A group with its members. Who made it adds and removes them, and each member may leave. */
export function GroupCard({ group, onChanged }: Props) {
  const t = sharingWords.value;
  const card = useRef<HTMLElement>(null);
  const account = me.value;
  const isOwn = group.owner.username === account?.username;
  const without = async (memberId: string) => {
    await removeMember(group.id, memberId);
    card.current?.focus();
    onChanged({ ...group, members: group.members.filter(({ id }) => id !== memberId) });
  };
  const own = group.members.find(({ username }) => username === account?.username);
  return (
    <article ref={card} class="link-card" aria-label={group.name} tabIndex={-1}>
      <h3>
        <Icon name="people" /> {group.name}
      </h3>
      <p class="facts muted">{isOwn ? t.groupYours : t.groupOf(group.owner.username ?? t.gone)}</p>
      {group.members.length > 0 && (
        <ul class="share-access" aria-label={t.membersOf(group.name)}>
          {group.members.map(({ id, username }) => (
            <li key={id}>
              <span class="who">{username}</span>
              {isOwn && <RemoveButton name={username} run={() => without(id)} />}
            </li>
          ))}
        </ul>
      )}
      {isOwn && <NewMember group={group} onChanged={onChanged} />}
      {isOwn && (
        <Confirm
          label={t.deleteGroup}
          name={t.deleteGroupName(group.name)}
          question={t.deleteGroupAsk}
          run={async () => {
            await deleteGroup(group.id);
            onChanged(undefined);
          }}
        />
      )}
      {!isOwn && own !== undefined && (
        <Confirm
          label={t.leaveGroup}
          name={t.leaveGroupName(group.name)}
          question={t.leaveGroupAsk}
          run={async () => {
            await removeMember(group.id, own.id);
            onChanged(undefined);
          }}
        />
      )}
    </article>
  );
}

function RemoveButton({ name, run }: { readonly name: string; readonly run: () => Promise<void> }) {
  const t = sharingWords.value;
  const task = useTask(run);
  return (
    <>
      {task.fault !== undefined && (
        <span class="fault" role="alert">
          {task.fault}
        </span>
      )}
      <button
        class="danger"
        type="button"
        aria-label={t.removeName(name)}
        disabled={task.isRunning}
        onClick={task.start}
      >
        {t.remove}
      </button>
    </>
  );
}

function NewMember({ group, onChanged }: Props) {
  const t = sharingWords.value;
  const username = useSignal("");
  const unknown = useSignal(false);
  const task = useTask(async () => {
    unknown.value = false;
    try {
      onChanged(await addMember(group.id, username.value.trim()));
      username.value = "";
    } catch (error) {
      unknown.value = error instanceof Problem && [400, 404].includes(error.status);
      if (!unknown.value) throw error;
    }
  });
  const fault = unknown.value ? t.noSuchPerson : task.fault;
  return (
    <form class="row add-row" onSubmit={task.start}>
      <Field
        label={t.newMember}
        value={username}
        autocomplete="off"
        required
        {...(fault !== undefined && { fault })}
      />
      <button type="submit" disabled={task.isRunning}>
        {t.addMember}
      </button>
    </form>
  );
}
