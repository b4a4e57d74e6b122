import type { Db } from "mongodb";
import { AccountsRepository } from "../../accounts/repository.js";
import { openAuditListing } from "../../audit/open.js";
import { CredentialsRepository } from "../../credentials/repository.js";
import { FactorsRepository } from "../../factors/repository.js";
import { LinksRepository } from "../../links/repository.js";
import { OidcIdentitiesRepository } from "../../oidc/repository.js";
import { TrashRepository } from "../../trash/repository.js";
import { ExportRepository } from "../export-repository.js";
import type { WalkedTree } from "../tree-walk.js";
import { AccountTexts } from "./account-texts.js";
import { LinkSteps } from "./link-steps.js";
import { ExportListing } from "./listing.js";
import { TreeSteps } from "./tree-steps.js";

/** Opens what lists all of an account. */
export function openExportListing(db: Db, tree: WalkedTree): ExportListing {
  const entries = new ExportRepository(db);
  return new ExportListing({
    accounts: new AccountsRepository(db),
    accountTexts: new AccountTexts({
      factors: new FactorsRepository(db),
      identities: new OidcIdentitiesRepository(db),
      credentials: new CredentialsRepository(db),
    }),
    treeSteps: new TreeSteps({ tree, trash: new TrashRepository(db), entries }),
    linkSteps: new LinkSteps({ links: new LinksRepository(db), entries }),
    entries,
    auditListing: openAuditListing(db),
  });
}
