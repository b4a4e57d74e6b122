import type { ComponentType } from "preact";
import { appWords } from "./app-words.js";
import { FilesRoom } from "./files/room.js";
import type { IconName } from "./parts/icon.js";

type Words = typeof appWords.value;

/** A part of the page with a URL of its own: the first word of the path. */
export interface Room {
  readonly name: string;
  readonly icon: IconName;
  /** Its words in the navigation. */
  readonly title: (words: Words) => string;
  /** Loaded when it is opened, or there from the start. */
  readonly load: () => Promise<ComponentType> | ComponentType;
  /** Whether only admins have it. */
  readonly isForAdmins?: boolean;
}

/** In the order of the navigation. The first one is at `/drive` itself. */
export const ROOMS: readonly Room[] = [
  { name: "folder", icon: "folder", title: (t) => t.files, load: () => FilesRoom },
  {
    ...{ name: "recent", icon: "clock", title: (t) => t.recent },
    load: () => import("./files/recent-room.js").then((m) => m.RecentRoom),
  },
  {
    ...{ name: "favourites", icon: "star", title: (t) => t.favourites },
    load: () => import("./files/favourites-room.js").then((m) => m.FavouritesRoom),
  },
  {
    ...{ name: "search", icon: "search", title: (t) => t.search },
    load: () => import("./files/search-room.js").then((m) => m.SearchRoom),
  },
  {
    ...{ name: "trash", icon: "trash", title: (t) => t.trash },
    load: () => import("./files/trash-room.js").then((m) => m.TrashRoom),
  },
  {
    name: "shared",
    icon: "people",
    title: (t) => t.shared,
    load: () => import("./sharing/received-room.js").then((module) => module.SharedRoom),
  },
  {
    name: "links",
    icon: "link",
    title: (t) => t.links,
    load: () => import("./sharing/links-room.js").then((module) => module.LinksRoom),
  },
];

/** The room of a path; `undefined` where there is none. A file is opened above the folder that it lies in. */
export const roomOf = (path: readonly string[]): Room | undefined =>
  path.length === 0 || path[0] === "file" ? ROOMS[0] : ROOMS.find(({ name }) => name === path[0]);
