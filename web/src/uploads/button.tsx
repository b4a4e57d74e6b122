import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { readInput } from "./drop.js";
import { startUpload } from "./start.js";
import { uploadWords } from "./words.js";
import "./uploads.css";

/** Buttons that upload files, or a folder with all that it holds, into the folder that is open. */
export function UploadButtons() {
  const t = uploadWords.value;
  return (
    <>
      <Chooser label={t.uploadFiles} icon="upload" isPrimary />
      <Chooser label={t.uploadFolder} icon="folder" isFolder />
    </>
  );
}

interface Props {
  readonly label: string;
  readonly icon: "upload" | "folder";
  readonly isPrimary?: boolean;
  readonly isFolder?: boolean;
}

function Chooser({ label, icon, isPrimary = false, isFolder = false }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={isPrimary ? "primary upload-button" : "upload-button"}
        aria-label={label}
        title={label}
        onClick={() => input.current?.click()}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={label}
        {...(isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const selection = readInput([...(currentTarget.files ?? [])]);
          // So that the same file can be chosen again.
          currentTarget.value = "";
          if (selection.files.length > 0) void startUpload(selection);
        }}
      />
    </>
  );
}
