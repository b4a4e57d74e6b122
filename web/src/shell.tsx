import type { ComponentChildren } from "preact";
import { appWords } from "./app-words.js";
import { Icon } from "./parts/icon.js";
import { useTask } from "./parts/task.js";
import { hrefTo } from "./routing/place.js";
import { type Room, ROOMS } from "./rooms.js";
import { type Account, signOut } from "./session/session.js";
import { type Language, LANGUAGES, chooseLanguage, language } from "./words/language.js";
import { DropZone } from "./uploads/drop-zone.js";
import { UploadPanelHolder } from "./uploads/holder.js";
import { sizeText } from "./words/texts.js";

interface Props {
  readonly account: Account;
  readonly room: Room | undefined;
  readonly children: ComponentChildren;
}

/** What stands around every room: the navigation, how much is stored, and the way out. */
export function Shell({ account, room, children }: Props) {
  const t = appWords.value;
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t.skip}
      </a>
      <header>
        <a class="brand" href={hrefTo([])}>
          Stowage
        </a>
        <nav aria-label={t.sections}>
          {ROOMS.filter(({ isForAdmins }) => isForAdmins !== true || account.role === "admin").map(
            ({ name, icon, title }) => (
              <a
                key={name}
                href={hrefTo(name === ROOMS[0]?.name ? [] : [name])}
                aria-current={name === room?.name ? "page" : undefined}
              >
                <Icon name={icon} />
                <span>{title(t)}</span>
              </a>
            ),
          )}
        </nav>
        <Person account={account} />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <DropZone />
      <UploadPanelHolder />
    </div>
  );
}

function Person({ account }: Pick<Props, "account">) {
  const t = appWords.value;
  const { bytes, limitBytes } = account.usage;
  const leaving = useTask(signOut);
  return (
    <div class="person">
      <p class="muted">
        {limitBytes === null
          ? t.used(sizeText(bytes))
          : t.usedOf(sizeText(bytes), sizeText(limitBytes))}
      </p>
      {limitBytes !== null && (
        <meter
          min={0}
          max={limitBytes}
          value={bytes}
          high={limitBytes * 0.9}
          aria-label={t.used(sizeText(bytes))}
        />
      )}
      <p class="name">{account.username}</p>
      <div class="row">
        <select
          aria-label={t.language}
          value={language.value}
          onChange={(event) => {
            chooseLanguage(event.currentTarget.value as Language);
          }}
        >
          {Object.entries(LANGUAGES).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <button type="button" disabled={leaving.isRunning} onClick={leaving.start}>
          {t.signOut}
        </button>
      </div>
    </div>
  );
}
