import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { readDrop, readInput } from "./drop.js";
import { startUpload } from "./start.js";
import { uploadWords } from "./words.js";
import "./uploads.css";

const hasFiles = (data: DataTransfer | null) => data?.types.includes("Files") === true;

/**
 * The whole page takes files that are dropped or pasted. A part of the page that takes dropped files itself calls `preventDefault`
 * on the event and is left alone.
 */
export function DropZone() {
  const isOver = useSignal(false);
  useEffect(() => takeFiles((shown) => (isOver.value = shown)), []);
  const t = uploadWords.value;
  return isOver.value ? (
    <div class="drop-zone">
      <p>
        <Icon name="upload" />
        <strong>{t.drop}</strong>
        <span>{t.dropInto}</span>
      </p>
    </div>
  ) : null;
}

/** @returns What stops it. */
function takeFiles(show: (isOver: boolean) => void): () => void {
  const stop = new AbortController();
  const on = <K extends keyof WindowEventMap>(
    name: K,
    listener: (event: WindowEventMap[K]) => void,
  ) => {
    addEventListener(name, listener, stop);
  };
  on("dragover", (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    show(!event.defaultPrevented);
    event.preventDefault();
  });
  on("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) show(false);
  });
  on("drop", (event) => {
    show(false);
    const { dataTransfer } = event;
    if (event.defaultPrevented || dataTransfer === null || !hasFiles(dataTransfer)) return;
    event.preventDefault();
    void startUpload(readDrop(dataTransfer));
  });
  on("paste", ({ clipboardData }) => {
    const files = Array.from(clipboardData?.files ?? [], named);
    if (files.length > 0) void startUpload(readInput(files));
  });
  return () => {
    stop.abort();
  };
}

/** Browsers call every picture of the clipboard `image.png`: it gets the time as its name. */
function named(file: File, index: number): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const ending = file.name.slice("image".length);
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  const time = now.slice(0, 19).replace("T", " ").replaceAll(":", ".");
  const name = uploadWords.value.pastedName(time) + (index === 0 ? "" : ` ${index + 1}`) + ending;
  return new File([file], name, { type: file.type, lastModified: file.lastModified });
}
