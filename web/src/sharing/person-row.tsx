import { useSignal } from "@preact/signals";
import { Icon } from "../parts/icon.js";
import { useTask } from "../parts/task.js";
import { changeRole, endShare, type Role, ROLES, type Share } from "./share.js";
import { sharingWords } from "./words.js";

interface Props {
  readonly share: Share;
  readonly onChanged: (share: Share) => void;
  readonly onEnded: (share: Share) => void;
}

/** Somebody who has access, with the role. Both can change. */
export function PersonRow({ share, onChanged, onEnded }: Props) {
  const t = sharingWords.value;
  const name = share.grantee.name ?? t.gone;
  const wanted = useSignal<Role>(share.role);
  const changing = useTask(async () => {
    try {
      onChanged(await changeRole(share.id, wanted.value));
    } catch (error) {
      wanted.value = share.role;
      throw error;
    }
  });
  const ending = useTask(async () => {
    await endShare(share.id);
    onEnded(share);
  });
  const isBusy = changing.isRunning || ending.isRunning;
  const fault = changing.fault ?? ending.fault;
  const isGroup = share.grantee.kind === "group";
  return (
    <li>
      <span class="who">
        <Icon name={isGroup ? "people" : "user"} /> {name}
        {isGroup && <span class="muted"> · {t.isGroup}</span>}
        {!share.isValid && <span class="fault">{t.invalid}</span>}
        {fault !== undefined && (
          <span class="fault" role="alert">
            {fault}
          </span>
        )}
      </span>
      <select
        aria-label={t.roleOf(name)}
        value={isBusy ? wanted.value : share.role}
        disabled={isBusy}
        onChange={({ currentTarget }) => {
          wanted.value = ROLES.find((role) => role === currentTarget.value) ?? share.role;
          changing.start();
        }}
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t.roles[role]}
          </option>
        ))}
      </select>
      <button
        class="danger"
        type="button"
        aria-label={t.removeName(name)}
        disabled={isBusy}
        onClick={ending.start}
      >
        {t.remove}
      </button>
    </li>
  );
}
