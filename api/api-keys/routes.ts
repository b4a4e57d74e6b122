import type { AccountActor } from "../../common/access/actor.js";
import { isOwn } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { Reauthentication } from "../../common/accounts/reauthentication.js";
import type { AuditLog } from "../../common/audit/log.js";
import { parseAddressRange } from "../../common/credentials/address-ranges.js";
import type { ApiKeyTerms } from "../../common/credentials/api-key-terms.js";
import type { ApiKey, ApiKeys } from "../../common/credentials/api-keys.js";
import type { SecondFactorProof } from "../../common/factors/second-factor.js";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { Id } from "../../common/platform/ids.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentApiKey } from "./present.js";
import { changedApiKey, listApiKeys, newApiKey, oneApiKey } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly apiKeys: ApiKeys;
  readonly reauthentication: Reauthentication;
  readonly audit: AuditLog;
}

const read = allow("account:read", { by: SIGNED_IN });
const write = allow("account:write", { by: SIGNED_IN });

/** The API keys of the one who asks. A key itself cannot make or change one. */
export function apiKeyRoutes(deps: Deps): Routes {
  const { apiKeys, audit } = deps;
  const confirm = confirmation(deps);
  return makingRoutes(deps)
    .get("/api-keys", read, expects(listApiKeys), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await apiKeys.list(ctx.state.actor.id, query);
      sendPage(ctx, { ...page, limit: query.limit }, presentApiKey);
    })
    .patch(
      "/api-keys/:id",
      write,
      audits(audit, "api-key.change"),
      expects(changedApiKey),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        ctx.state.audit.target = { kind: "api-key", id: params.id };
        const key = { ...ownerOf(ctx.state.actor), id: params.id };
        const { before, after } = await apiKeys.change(key, readTerms(body), () => confirm(ctx));
        ctx.state.audit.changes = changesOf(before, after);
        ctx.body = presentApiKey(after);
      },
    )
    .delete(
      "/api-keys/:id",
      write,
      audits(audit, "api-key.revoke"),
      expects(oneApiKey),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "api-key", id };
        await apiKeys.revoke(ctx.state.actor.id, id);
        ctx.status = 204;
      },
    );
}

function makingRoutes({ access, apiKeys, reauthentication, audit }: Deps): Routes {
  const confirm = confirmation({ reauthentication });
  return new Routes().post(
    "/api-keys",
    write,
    audits(audit, "api-key.create"),
    expects(newApiKey),
    async (ctx) => {
      const { actor } = ctx.state;
      const { name, scopes, rootFolderId, ...limits } = ctx.state.request.body;
      await confirm(ctx);
      const { apiKey, text } = await apiKeys.create(ownerOf(actor), {
        ...{ expiresAt: null, addressRanges: null, ...readTerms(limits) },
        ...{ name, scopes },
        rootFolderId: await findRoot(access, actor, rootFolderId ?? null),
      });
      ctx.state.audit.target = { kind: "api-key", id: apiKey.id };
      ctx.state.audit.changes = changesOf(undefined, apiKey);
      ctx.status = 201;
      ctx.body = { ...presentApiKey(apiKey), key: text };
    },
  );
}

interface ConfirmingState {
  readonly actor: AccountActor;
  readonly client: Context["state"]["client"];
  readonly request: { readonly body: SecondFactorProof };
}

/** A new key, and one that may do more, ask for the second factor. */
function confirmation({ reauthentication }: Pick<Deps, "reauthentication">) {
  return ({ res, state }: { readonly res: Context["res"]; readonly state: ConfirmingState }) => {
    const { code, passkey } = state.request.body;
    const address = state.client.ip;
    const needs = { needsPassword: false, address, signal: goneSignal(res) };
    return reauthentication.confirm(state.actor.id, { code, passkey }, needs);
  };
}

const ownerOf = ({ id: accountId, scopes }: AccountActor) => ({ accountId, scopes });

const OF_ANOTHER = {
  in: "body",
  pointer: "/rootFolderId",
  detail: "rootFolderId must be a folder of your own, not one that is shared with you",
} as const;

/**
 * A credential that may not leave a folder makes no key that may.
 *
 * @throws InvalidRequestError for a folder of another account: a key that may not leave a folder reaches nothing that is shared.
 */
async function findRoot(
  access: Access,
  actor: AccountActor,
  folderId: Id | null,
): Promise<Id | null> {
  if (folderId === null) return actor.rootFolderId;
  const { entry } = await access.folder(actor, folderId, "read");
  if (!isOwn(actor, entry)) throw new InvalidRequestError([OF_ANOTHER]);
  return entry._id;
}

type GivenTerms = {
  readonly [K in keyof ApiKeyTerms]?:
    (K extends "expiresAt" ? string | null : ApiKeyTerms[K]) | undefined;
};

/** What a body says of a key's terms; what it leaves out is not among them. */
function readTerms({ name, scopes, expiresAt, addressRanges }: GivenTerms): Partial<ApiKeyTerms> {
  return {
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(addressRanges !== undefined && {
      addressRanges: addressRanges?.map((range) => parseAddressRange(range) ?? range) ?? null,
    }),
  };
}

/** The terms that differ: the old value and the new one. */
function changesOf(before: ApiKey | undefined, after: ApiKey) {
  const terms = ["name", "scopes", "expiresAt", "addressRanges", "rootFolderId"] as const;
  const pairs = terms.map((term) => [term, [before?.[term] ?? null, after[term]]] as const);
  return Object.fromEntries(
    pairs.filter(([, [old, now]]) => JSON.stringify(old) !== JSON.stringify(now)),
  );
}
