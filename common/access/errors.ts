import type { CredentialKind } from "../credentials/credential.js";
import { AppError } from "../platform/errors.js";
import type { ShareRole } from "../shares/share.js";
import type { Scope } from "../accounts/role.js";

/** The credential lacks the scope that a request needs. */
export class InsufficientScopeError extends AppError {
  readonly code = "insufficient-scope";
  constructor(scope: Scope) {
    super(`This request needs a credential with the scope ${scope}`, { scope });
  }
}

/** The credential may not leave a folder, and the request is about all of its account. */
export class RestrictedCredentialError extends AppError {
  readonly code = "restricted-credential";
  constructor() {
    super("This request needs a credential that is not restricted to a folder");
  }
}

/** The entry is shared with the actor in a role that does not allow this. */
export class InsufficientRoleError extends AppError {
  readonly code = "insufficient-role";
  constructor(
    role: ShareRole,
    detail = `This is shared with you as ${role}, which does not allow it`,
  ) {
    super(detail, { role });
  }
}

/** Only the owner removes something for good: what others delete lies in the owner's trash. */
export class PermanentRemovalError extends InsufficientRoleError {
  constructor(role: ShareRole) {
    super(
      role,
      "Only the owner can remove this for good. Without permanent, it is put into the owner's trash",
    );
  }
}

/** An entry cannot be moved from one account to another. */
export class OtherOwnerError extends AppError {
  readonly code = "other-owner";
}

/** The topmost folder can be neither moved nor deleted. */
export class RootFolderError extends AppError {
  readonly code = "root-folder";
  constructor() {
    super("The root folder cannot be renamed, moved or deleted");
  }
}

/** What was shared with the actor itself has its name and its place in a folder that the actor does not see. */
export class TopOfShareError extends AppError {
  readonly code = "top-of-share";
  constructor() {
    super("This was shared with you itself, so you can neither rename nor move nor delete it");
  }
}

/** The request cannot be made with this kind of credential. */
export class CredentialNotAcceptedError extends AppError {
  readonly code = "credential-not-accepted";
  constructor(accepted: readonly (CredentialKind | "link")[]) {
    super(`This request needs another credential: ${accepted.join(" or ")}`, { accepted });
  }
}
