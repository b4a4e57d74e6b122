import type { AuditEvent } from "../audit/event.js";
import type { Actor } from "./actor.js";

/** An event, for the account in whose log it is. */
export type OwnView<E extends AuditEvent> = Omit<E, "actor"> & {
  readonly actor:
    | (Omit<NonNullable<AuditEvent["actor"]>, "credentialId"> & {
        readonly credentialId: string | null;
      })
    | null;
};

/**
 * An event as the account sees it in whose log it is. Of what others did to the account, such as an admin, it does not learn from
 * where, with which program, and with which credential.
 */
export function ownView<E extends AuditEvent>({ id }: Pick<Actor, "id">, event: E): OwnView<E> {
  const { actor } = event;
  if (actor === null || actor.accountId === id) return event;
  return { ...event, actor: { ...actor, credentialId: null }, client: null };
}
