/** Loads the dialog that shares an entry. */
export const loadShareDialog = () =>
  import("../sharing/share-dialog.js").then(({ ShareDialog }) => ShareDialog);

/** Loads what shows the content of a file. */
export const loadViewer = () => import("../viewing/viewer.js").then(({ Viewer }) => Viewer);
