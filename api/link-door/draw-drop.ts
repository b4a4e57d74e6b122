import { html, type Html } from "../pages/html.js";
import { linkPath } from "./cookies.js";

/**
 * Where people put files into a folder. Without script it is a form. With it, files and folders can be dropped, have bars, can be paused, and go on
 * after a break.
 */
export function drawDrop(token: string, { sent, isListed }: Dropped): Html {
  const path = linkPath(token);
  return html`<form
      class="drop"
      method="post"
      enctype="multipart/form-data"
      action="${path}/upload"
      data-uploads="${path}/uploads"
    >
      <p class="scripted">Drop files and folders here, or choose them.</p>
      <div class="choices">
        <label for="files">Choose files</label>
        <input id="files" name="file" type="file" multiple required />
        <label for="folder" class="scripted">Choose a folder</label>
        <input id="folder" class="scripted" type="file" webkitdirectory />
        <button type="submit">Send</button>
      </div>
    </form>
    ${sent === 0 ? "" : html`<p role="status">${sentText(sent)}</p>`}
    <p class="notice"></p>
    <p class="said unseen" role="status"></p>
    ${drawPanel(isListed ? path : null)}`;
}

interface Dropped {
  /** How many files the form has just sent. */
  readonly sent: number;
  /** Whether the page shows what is in the folder. */
  readonly isListed: boolean;
}

/** What the script shows of the files; it has no text before. @param listPath - Where the files can be seen. */
const drawPanel = (listPath: string | null): Html =>
  html`<section class="panel" aria-label="Files that are sent" hidden>
    <p class="sum" data-part="sum" tabindex="-1"></p>
    <progress data-part="all" aria-label="Progress of all files"></progress>
    <p class="actions">
      <button type="button" data-part="pause">Pause all</button>
      <button type="button" data-part="resume">Resume all</button>
      <button type="button" data-part="retry">Try failed again</button>
      <button type="button" data-part="cancel" class="quiet">Cancel all</button>
      ${listPath === null ? "" : html`<a href="${listPath}" data-part="seen">Show them in the folder</a>`}
    </p>
    <ul class="queue" aria-label="Files"></ul>
    <p class="note" data-part="more"></p>
  </section>`;

const sentText = (count: number) =>
  count === 1 ? "One file was sent. Thank you." : `${count} files were sent. Thank you.`;
