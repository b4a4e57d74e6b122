import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask } from "../http/api.js";
import { Problem } from "../http/problem.js";
import { Field } from "../parts/field.js";
import { useTask } from "../parts/task.js";
import { Choice } from "./choice.js";
import type { Group } from "./group.js";
import { giveShare, type Role, ROLES, type Share } from "./share.js";
import { sharingWords } from "./words.js";

/** The value that is no id of a group. */
const A_PERSON = "";

interface Props {
  readonly entryId: string;
  readonly onGiven: (share: Share) => void;
}

/** Shares with somebody by username, or with a group. */
export function GiveForm({ entryId, onGiven }: Props) {
  const t = sharingWords.value;
  const groups = useGroups();
  const to = useSignal(A_PERSON);
  const username = useSignal("");
  const role = useSignal<Role>("viewer");
  const unknown = useSignal(false);
  const task = useTask(async () => {
    unknown.value = false;
    const name = username.value.trim();
    const isPerson = to.value === A_PERSON;
    try {
      const grantee = isPerson ? { username: name } : { groupId: to.value };
      onGiven(await giveShare(entryId, role.value, grantee));
      username.value = "";
    } catch (error) {
      unknown.value = isPerson && error instanceof Problem && error.code === "not-found";
      if (!unknown.value) throw error;
    }
  });
  return (
    <form class="give-form" onSubmit={task.start}>
      {groups.length > 0 && (
        <Choice
          label={t.withWhom}
          value={to}
          options={[
            { value: A_PERSON, text: t.person },
            ...groups.map(({ id, name }) => ({ value: id, text: name })),
          ]}
        />
      )}
      {to.value === A_PERSON && (
        <Field
          label={t.username}
          value={username}
          autocomplete="off"
          required
          {...(unknown.value && { fault: t.noSuchPerson })}
        />
      )}
      <Choice
        label={t.role}
        value={role}
        options={ROLES.map((value) => ({ value, text: t.roles[value] }))}
      />
      {task.fault !== undefined && (
        <p class="fault" role="alert">
          {task.fault}
        </p>
      )}
      <button class="primary" type="submit" disabled={task.isRunning}>
        {t.give}
      </button>
    </form>
  );
}

/** The groups that the account has or belongs to. Without them, it can still be shared with people. */
function useGroups(): readonly Group[] {
  const groups = useSignal<readonly Group[]>([]);
  useEffect(() => {
    void ask<{ readonly items: readonly Group[] }>("GET", "/groups").then(
      ({ items }) => (groups.value = items),
      () => undefined,
    );
  }, []);
  return groups.value;
}
