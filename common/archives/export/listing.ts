import { ownView } from "../../access/audit-view.js";
import type { AccountsRepository } from "../../accounts/repository.js";
import type { AuditListing } from "../../audit/listing.js";
import type {
  ArchiveDoc,
  ArchivePageDoc,
  ExportPosition,
  StoredMember,
  TextKey,
} from "../archive.js";
import type { ExportRepository } from "../export-repository.js";
import type { ArchiveListing, ListedPage } from "../listing.js";
import { withTexts } from "../stored-members.js";
import type { AccountTexts } from "./account-texts.js";
import { eventLine } from "./lines.js";
import type { LinkSteps } from "./link-steps.js";
import { readmeOf } from "./readme.js";
import type { StepInput, StepOutput } from "./steps.js";
import { PageTexts, textMember } from "./texts.js";
import { TreeSteps } from "./tree-steps.js";
import { listVersions } from "./version-step.js";

/** A page with less gets what the next step finds too, so that a small account is one page. */
const MEMBERS_OF_A_PAGE = 500;
const BYTES_OF_A_PAGE = 512 * 1024;

const EVENTS_PER_PAGE = 500;

/** The texts that are written from page to page. */
const LONG_TEXTS: readonly TextKey[] = [
  ...(["files", "folders", "mounts", "trash", "versions"] as const),
  ...(["audit", "links", "linkUses"] as const),
];

interface Deps {
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly accountTexts: AccountTexts;
  readonly treeSteps: TreeSteps;
  readonly linkSteps: LinkSteps;
  readonly entries: ExportRepository;
  readonly auditListing: Pick<AuditListing, "list">;
}

/**
 * Lists all that there is of an account, step by step: the account, its files, its trash, its versions, its audit log, its links, and then the texts that
 * tell of them. What is listed is found in the same queries as what is told of it.
 */
export class ExportListing implements ArchiveListing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async nextPage(
    archive: ArchiveDoc,
    last: ArchivePageDoc | null,
    maxQueries: number,
  ): Promise<ListedPage> {
    const account = await this.#deps.accounts.findById(archive.ownerId);
    if (account === undefined) return { members: [], next: null };
    const texts = new PageTexts();
    const members: StoredMember[] = [];
    let position: ExportPosition | null = beginning(archive, last);
    let step: ExportPosition["step"];
    do {
      step = position.step;
      const input = { archive, account, position, texts, maxQueries };
      const found: StepOutput = await this.#take(input, last);
      members.push(...found.members);
      position = found.next;
    } while (position !== null && position.step !== step && isSmall(members, texts));
    return { members, texts: texts.parts(), next: position };
  }

  #take(input: AnyInput, last: ArchivePageDoc | null): Promise<StepOutput> | StepOutput {
    const { treeSteps, linkSteps, entries } = this.#deps;
    if (isAt(input, "account")) return this.#account(input);
    if (isAt(input, "files")) return treeSteps.files(input);
    if (isAt(input, "trash")) return treeSteps.trash(input);
    if (isAt(input, "versions")) return listVersions(entries, input);
    if (isAt(input, "audit")) return this.#audit(input);
    if (isAt(input, "links")) return linkSteps.links(input);
    if (isAt(input, "linkUses")) return linkSteps.uses(input);
    return endOfTexts(input, last);
  }

  async #account({ archive, account, texts }: StepInput<"account">): Promise<StepOutput> {
    const { accountTexts } = this.#deps;
    const { createdAt } = archive;
    const shown = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
    texts.add("readme", readmeOf(account, createdAt));
    texts.add("account", shown(await accountTexts.profile(account, createdAt)));
    texts.add("credentials", shown(await accountTexts.credentials(account, createdAt)));
    const extents = withTexts({}, texts.parts());
    const keys = ["readme", "account", "credentials"] as const;
    return {
      members: keys.map((key) => textMember(key, extents, createdAt)),
      next: TreeSteps.begin(account.rootFolderId),
    };
  }

  async #audit({ archive, position, texts }: StepInput<"audit">): Promise<StepOutput> {
    const { ownerId } = archive;
    const { items, nextCursor } = await this.#deps.auditListing.list({
      accountId: ownerId,
      limit: EVENTS_PER_PAGE,
      cursor: position.cursor ?? undefined,
    });
    for (const event of items) texts.addLine("audit", eventLine(ownView({ id: ownerId }, event)));
    const next: ExportPosition =
      nextCursor === null ? { step: "links", cursor: null } : { step: "audit", cursor: nextCursor };
    return { members: [], next };
  }
}

type AnyInput = StepInput<ExportPosition["step"]>;

const isAt = <S extends ExportPosition["step"]>(
  input: AnyInput,
  step: S,
): input is AnyInput & StepInput<S> => input.position.step === step;

function beginning({ start }: ArchiveDoc, last: ArchivePageDoc | null): ExportPosition {
  const position = last?.next ?? start;
  if (!("step" in position)) throw new Error("What was chosen is listed in another way");
  return position;
}

const isSmall = ({ length }: readonly StoredMember[], { bytes }: PageTexts) =>
  length < MEMBERS_OF_A_PAGE && bytes < BYTES_OF_A_PAGE;

/** All parts are written: this page has the last ones. */
function endOfTexts({ archive, texts }: AnyInput, last: ArchivePageDoc | null): StepOutput {
  const before = withTexts(last?.before?.texts ?? {}, last?.texts ?? {});
  const extents = withTexts(before, texts.parts());
  const members = LONG_TEXTS.map((key) => textMember(key, extents, archive.createdAt));
  return { members, next: null };
}
