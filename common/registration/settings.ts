import { isUsername } from "../accounts/account.js";
import type { ConfigOf } from "../platform/config.js";
import { oneOf, optionalText, topic } from "../platform/setting.js";

/** Who may register, and who is the first admin. */
export const registrationSettings = topic("Registration", {
  registration: oneOf(
    "REGISTRATION",
    "Who may register: everybody (`open`), people with an invitation from an admin (`invite`), or nobody (`closed`).",
    ["open", "invite", "closed"],
  ),
  adminUsername: optionalText(
    "ADMIN_USERNAME",
    "The release task makes the account with this username an admin. Before that account exists, this username can be taken only with the setup link, an invitation for an admin, or `npm run accounts`.",
    { check: isUsername, form: "a username: 3 to 64 of A-Z a-z 0-9 . _ -" },
  ),
});

export type RegistrationSettings = ConfigOf<typeof registrationSettings>;
