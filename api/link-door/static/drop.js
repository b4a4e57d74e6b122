/* global document */
/** Sends the files and folders that people choose or drop (tus 1.0). An upload goes on after the connection broke, and after the page was loaded again. */
import { chosenFiles, droppedFiles } from "./dropped.js";
import { List } from "./list.js";
import { Queue } from "./queue.js";
import { filesText } from "./texts.js";

const form = document.querySelector("form.drop");
const [panel, status] = [document.querySelector(".panel"), document.querySelector(".said")];
const list = new List({ panel, status, list: panel.querySelector(".queue") });
const notice = document.querySelector(".notice");
const queue = new Queue({ endpoint: form.dataset.uploads, changed: () => list.changed(queue) });

for (const chooser of form.querySelectorAll("input[type=file]")) {
  chooser.addEventListener("change", () => {
    void add(only({ sources: chosenFiles(chooser.files) }));
    chooser.value = "";
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!form.contains(relatedTarget)) form.classList.remove("over");
});
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  void add(droppedFiles(event.dataTransfer));
});

const ACTIONS = {
  pause: () => queue.each(["waiting", "sending"], (upload) => queue.pause(upload)),
  resume: () => queue.each(["paused"], (upload) => upload.again()),
  retry: () => queue.each(["failed"], (upload) => upload.again()),
  cancel: () => queue.each(["waiting", "sending", "paused"], (upload) => queue.cancel(upload)),
};
for (const [part, act] of Object.entries(ACTIONS)) {
  panel.querySelector(`[data-part=${part}]`).addEventListener("click", act);
}

globalThis.addEventListener("beforeunload", (event) => {
  const { waiting, sending } = queue.total();
  if (waiting + sending > 0) event.preventDefault();
});

// Browsers that know no folders would let people choose single files.
if (!("webkitdirectory" in document.createElement("input"))) form.classList.add("flat");
form.classList.add("ready");

/** Adds what is found step by step, and says what is not sent. */
async function add(steps) {
  const [empty, unreadable] = [[], []];
  let [found, added] = [0, 0];
  for await (const { sources = [], emptyFolder, unreadable: path } of steps) {
    found += sources.length;
    added += queue.add(sources);
    if (emptyFolder !== undefined) empty.push(emptyFolder);
    if (path !== undefined) unreadable.push(path);
  }
  const texts = [];
  if (found > added)
    texts.push(`${(found - added).toLocaleString("en-GB")} of these files were there already.`);
  if (found + empty.length + unreadable.length === 0) texts.push("There are no files in it.");
  if (empty.length > 0) texts.push(`Empty folders are not sent: ${few(empty)}.`);
  if (unreadable.length > 0) texts.push(`The browser cannot read: ${few(unreadable)}.`);
  notice.textContent = texts.join(" ");
  list.say([`${filesText(added)} added.`, ...texts].join(" "));
}

const few = (paths) =>
  paths.length > 3
    ? `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`
    : paths.join(", ");

async function* only(step) {
  yield step;
}
