import type { Db } from "mongodb";
import type { Access } from "../access/service.js";
import { openAccountMails } from "../accounts/open-mails.js";
import type { Outbox } from "../mail/outbox.js";
import { AccountsRepository } from "../accounts/repository.js";
import type { Logger } from "../platform/log.js";
import { LinkActivity } from "./activity.js";
import { LinkDownloads } from "./downloads.js";
import { LinkEntrance } from "./entrance.js";
import { ExpiringUrls } from "./expiring-urls.js";
import { openLinkTokens } from "./open-tokens.js";
import { LinkPasswords } from "./passwords.js";
import { PlacesRepository } from "./places-repository.js";
import { LinkPolicy } from "./policy.js";
import { LinksRepository } from "./repository.js";
import { Links } from "./service.js";
import type { LinkSettings } from "./settings.js";
import { LinkUnlocks } from "./unlocks.js";
import { LinkUseLog } from "./use-log.js";
import { LinkUsesRepository } from "./uses-repository.js";

type DepsOf<T extends new (deps: never) => unknown> = ConstructorParameters<T>[0];

type Options = Pick<DepsOf<typeof LinkEntrance>, "accounts" | "sharedEntries"> &
  Pick<DepsOf<typeof LinkPasswords>, "passwords" | "newPasswords" | "guesses"> & {
    readonly db: Db;
    readonly outbox: Outbox;
    readonly access: Access;
    readonly revokedUploads: DepsOf<typeof Links>["uploads"];
    readonly settings: LinkSettings & Parameters<typeof openLinkTokens>[0];
    readonly log: Logger;
    readonly now: () => Date;
  };

/** Opens links: what people and programs without an account come in by. */
export function openLinks(options: Options) {
  const { db, accounts, sharedEntries, access, outbox, settings, log, now } = options;
  const links = new LinksRepository(db);
  const linkUses = new LinkUsesRepository(db);
  const { linkTokens: tokens, urlTokens, linkUrls } = openLinkTokens(settings);
  const policy = new LinkPolicy(settings);
  const logMs = settings.linkLogMs;
  const passwords = new LinkPasswords({ ...options, links });
  const activity = new LinkActivity({
    links,
    accountMails: openAccountMails(db, outbox),
    log,
    now,
  });
  const places = new PlacesRepository(db);
  const entrance = new LinkEntrance({ links, tokens, accounts, sharedEntries, now });
  return {
    linkTokens: tokens,
    linkUrls,
    links,
    linkUses,
    linkUseLog: new LinkUseLog({ uses: linkUses, activity, now, logMs }),
    linkPolicy: policy,
    ownLinks: new Links({
      ...{ links, uses: linkUses, uploads: options.revokedUploads, access, policy, logMs, now },
      accounts: new AccountsRepository(db),
    }),
    linkPasswords: passwords,
    linkActivity: activity,
    linkEntrance: entrance,
    linkUnlocks: new LinkUnlocks({ tokens, passwords, now }),
    linkDownloads: new LinkDownloads({
      ...{ links, places, uses: linkUses, tokens, activity, logMs, now },
    }),
    expiringUrls: new ExpiringUrls({ links, entrance, policy, tokens: urlTokens, logMs, now }),
  };
}
