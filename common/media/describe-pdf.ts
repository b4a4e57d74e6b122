import { getDocumentProxy, getMeta } from "unpdf";
import { countOf, type Details, detailsOf, shortText } from "../inspection/details.js";
import type { MediaTask } from "./task.js";

/** Reads the title of a PDF, and how many pages it has. An encrypted one says nothing. */
export async function describePdf({ bytes }: MediaTask): Promise<Details> {
  const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    const { info } = await getMeta(document);
    return detailsOf({ pageCount: countOf(document.numPages), title: shortText(info["Title"]) });
  } finally {
    await document.destroy();
  }
}
