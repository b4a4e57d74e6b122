import type { AccountActor } from "../../common/access/actor.js";
import type { Confirmation, Reauthentication } from "../../common/accounts/reauthentication.js";
import type { Context } from "../http/door.js";
import { goneSignal } from "../http/gone-client.js";

export interface ConfirmationDeps {
  readonly reauthentication: Pick<Reauthentication, "confirm">;
}

interface ConfirmingState {
  readonly actor: AccountActor;
  readonly client: Context["state"]["client"];
  readonly request: { readonly body: Confirmation };
}

/** Asks the one who makes a request once more who it is: for the password, and for the second factor where there is one. */
export function confirmRequest({ reauthentication }: ConfirmationDeps) {
  return ({ res, state }: { readonly res: Context["res"]; readonly state: ConfirmingState }) => {
    const { password, code, passkey } = state.request.body;
    const address = state.client.ip;
    const { credential } = state.actor;
    const options = { needsPassword: true, address, signal: goneSignal(res), credential };
    return reauthentication.confirm(state.actor.id, { password, code, passkey }, options);
  };
}
