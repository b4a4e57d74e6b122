import type { ErrorCode } from "../../common/platform/errors.js";
import { ARCHIVE_TEXTS } from "./archive-texts.js";
import { CREDENTIAL_TEXTS } from "./credential-texts.js";
import { ACCOUNT_TEXTS } from "./account-texts.js";
import { EVENT_TEXTS } from "./event-texts.js";
import { PATH_TEXTS } from "./path-texts.js";
import { JOB_TEXTS } from "./job-texts.js";
import { GRANT_TEXTS } from "./grant-texts.js";
import { LINK_TEXTS } from "./link-texts.js";
import { PREVIEW_TEXTS } from "./preview-texts.js";
import type { ProblemText } from "./problem-text.js";
import { SHARE_TEXTS } from "./share-texts.js";
import { RESUMABLE_TEXTS } from "./resumable-texts.js";
import { SECOND_FACTOR_TEXTS } from "./second-factor-texts.js";
import { WEBHOOK_TEXTS } from "./webhook-texts.js";

const SIGN_IN = "Sign in with POST /login, and send the cookie of its answer with each request.";
const MAKE_ROOM = "Delete files that you no longer need, or ask the operator for more room.";
const WAIT = "Wait as many seconds as Retry-After says, and send the request again.";
const SPLIT_FORM = "Send the files in several requests.";
const ASK_OPERATOR = "Tell the operator the requestId: the log has the reason under it.";
const READ_ERRORS =
  "Read detail and errors: they name what is wrong. Correct it and send it again.";
const SEND_ALL = "Check the connection, and send the request again.";

/** The text of each code. A code that is missing here does not compile. */
export const PROBLEM_TEXTS: Readonly<Record<ErrorCode, ProblemText>> = {
  ...SECOND_FACTOR_TEXTS,
  ...ARCHIVE_TEXTS,
  ...PATH_TEXTS,
  ...JOB_TEXTS,
  ...GRANT_TEXTS,
  ...LINK_TEXTS,
  ...PREVIEW_TEXTS,
  ...SHARE_TEXTS,
  ...RESUMABLE_TEXTS,
  ...CREDENTIAL_TEXTS,
  ...ACCOUNT_TEXTS,
  ...EVENT_TEXTS,
  ...WEBHOOK_TEXTS,
  "account-disabled": {
    meaning: "An admin has disabled this account. Its files are kept.",
    remedy: "Ask an admin of this server.",
  },
  busy: {
    meaning: "The server does as many things of this kind at once as it is allowed to.",
    remedy: WAIT,
  },
  "content-too-large": {
    meaning: "The body, or a file in it, is larger than this server accepts.",
    remedy: "Send less. limitBytes says how much is accepted; only the operator can change that.",
  },
  "cross-site-request": {
    meaning:
      "A browser says that a page of another site sent this request, and it would change something.",
    remedy: "Use the pages of this server, or a client that is not a browser.",
  },
  "current-version": {
    meaning: "The version is the one that the file shows, and cannot be deleted alone.",
    remedy: "Upload or restore another version first, or delete the file.",
  },
  "damaged-content": {
    meaning: "The stored bytes are no longer those that were uploaded. They are not sent.",
    remedy: `${ASK_OPERATOR} If you still have the file, upload it again.`,
  },
  "digest-mismatch": {
    meaning: "The content is not what Repr-Digest or Content-Digest says. It was not stored.",
    remedy: "Compute the digest again, and send the request again.",
  },
  "encryption-key-missing": {
    meaning:
      "The server was not given the key with which this content, or your authenticator app, is encrypted.",
    remedy:
      "Tell the operator: ENCRYPTION_KEYS (content) or FACTOR_SECRETS (apps) lacks one that was in use. Sign in with a recovery code or a passkey meanwhile.",
  },
  "expectation-failed": {
    meaning: "The request has an Expect field that the server does not support.",
    remedy: "Send Expect: 100-continue, or no Expect at all.",
  },
  "field-too-large": {
    meaning: "A field of the form is larger than this server accepts.",
    remedy: "Send files as parts with a file name. Other fields are not needed.",
  },
  "folder-into-itself": {
    meaning: "A folder would lie in itself, or in a folder that it holds.",
    remedy: "Choose a folder outside of it.",
  },
  "folder-too-deep": {
    meaning: "The folder would lie more than 64 levels deep.",
    remedy: "Put it into a folder that is less deep.",
  },
  "header-too-large": {
    meaning: "The request line and the header fields are too long together.",
    remedy: "Send fewer or shorter header fields, or a shorter query.",
  },
  "idempotency-key-in-use": {
    meaning: "Another request with the same Idempotency-Key is under way.",
    remedy: "Wait as many seconds as Retry-After says, and send the same request again.",
  },
  "idempotency-key-reused": {
    meaning: "The Idempotency-Key was used before, for another request or other content.",
    remedy: "Use a new key for each new request.",
  },
  "incomplete-body": {
    meaning: "The body ended before all of it had arrived. Nothing of it was stored.",
    remedy: `${SEND_ALL} A resumable upload can go on after a break.`,
  },
  "internal-error": {
    meaning: "The server failed. That is a fault of the server, not of the request.",
    remedy: ASK_OPERATOR,
  },
  "invalid-credentials": {
    meaning: "The username is unknown, or the password is wrong. The server does not say which.",
    remedy: "Check both, and send them again.",
  },
  "invalid-cursor": {
    meaning: "The cursor does not belong to a list with this sort and this filter.",
    remedy: "Leave the cursor out to begin with the first page.",
  },
  "invalid-invitation": {
    meaning:
      "Nobody can register with this invitation: it is unknown, expired, revoked or used up.",
    remedy: "Ask an admin of this server for another one.",
  },
  "invalid-name": {
    meaning: "A file or folder cannot have this name.",
    remedy:
      "errors says which field had the name. Use at most 255 bytes, without slashes, backslashes, control characters and characters that change the direction of writing. Not . or .., and not only spaces.",
  },
  "invalid-request": {
    meaning: "A parameter, a header field or a field of the body is not as described.",
    remedy: READ_ERRORS,
  },
  "last-admin": {
    meaning:
      "The account is the last active admin, or another request is demoting the other one at this moment.",
    remedy: "Make somebody else an admin first, and send the request again.",
  },
  "malformed-body": {
    meaning: "The body does not have the form that its Content-Type says.",
    remedy: "Read detail, correct the body, and send it again.",
  },
  "method-not-allowed": {
    meaning: "This path exists, but not with this method.",
    remedy: "Use one of the methods in Allow.",
  },
  "name-taken": {
    meaning: "The folder has a file or a folder of this name already.",
    remedy: "Use another name, or onConflict=version or onConflict=rename for a file.",
  },
  "no-file": {
    meaning: "The form has no file.",
    remedy: "Send at least one part with a file name.",
  },
  "not-found": {
    meaning: "There is nothing here, or nothing that you may know of.",
    remedy: "Check the address and its id, and that you are signed in as the right person.",
  },
  "precondition-failed": {
    meaning:
      "A condition of the request (If-Match, If-None-Match, If-Unmodified-Since) does not hold. Nothing was changed.",
    remedy: "Fetch the present state, decide again, and send the request with the new ETag.",
  },
  quarantined: {
    meaning:
      "A virus scanner found something in the content, or could not look into it. Nobody is given it.",
    remedy:
      "Read pipeline in the metadata of the file for the reason. Only an admin can release it.",
  },
  "type-refused": {
    meaning: "The content is of a type that is not stored here. Nobody is given it.",
    remedy:
      "Delete the file, or ask the operator to allow its type, and have its pipeline run again.",
  },
  "quota-exceeded": {
    meaning: "The account has too little room left.",
    remedy: MAKE_ROOM,
  },
  "range-not-satisfiable": {
    meaning: "No byte of the content lies in the requested range.",
    remedy: "Ask for bytes before the length that Content-Range and sizeBytes say.",
  },
  "registration-closed": {
    meaning: "This server does not let everybody register.",
    remedy:
      "Ask an admin of this server for an invitation, and send its token as invitation; or for an account.",
  },
  "request-timeout": {
    meaning: "The request came too slowly, or not at all.",
    remedy: SEND_ALL,
  },
  "root-folder": {
    meaning: "The topmost folder that the credential reaches cannot be renamed, moved or deleted.",
    remedy: "Name a folder inside it.",
  },
  "too-many-attempts": {
    meaning:
      "Too many passwords or codes were wrong. Until the delay is over none is verified, whether or not there is such an account.",
    remedy: `${WAIT} A right password is refused until then, too.`,
  },
  "too-many-fields": {
    meaning: "The form has more fields beside its files than this server accepts.",
    remedy: "Send the files without other fields.",
  },
  "too-many-files": {
    meaning: "The form has more files than this server accepts.",
    remedy: SPLIT_FORM,
  },
  "too-many-requests": {
    meaning:
      "The client has sent more requests than the policy in the answer allows for its address, its credential or its account.",
    remedy: `${WAIT} The RateLimit field of each answer says how many requests are left.`,
  },
  unauthenticated: {
    meaning: "The request does not say who asks, or the sign-in is over.",
    remedy: SIGN_IN,
  },
  unavailable: {
    meaning: "MongoDB or Redis, on which the server depends, does not answer.",
    remedy: "Wait as many seconds as Retry-After says, and send the request again.",
  },
  "unsupported-media-type": {
    meaning: "This path does not take a body of this Content-Type or Content-Encoding.",
    remedy: "Send the type that detail names, without Content-Encoding.",
  },
  "unsupported-transfer-coding": {
    meaning: "The request has a Transfer-Encoding that the server does not support.",
    remedy: "Send Transfer-Encoding: chunked, or a Content-Length.",
  },
  "username-taken": {
    meaning: "Somebody has this username, perhaps in other capitals.",
    remedy: "Choose another one.",
  },
};
