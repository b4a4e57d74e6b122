import { randomUUID } from "node:crypto";
import { UUID } from "bson";
import type { RawDocument } from "../bson/document.js";
import { readSession } from "./common-options.js";
import { type CommandContext, defineCommand, plainReply } from "./command.js";
import * as read from "./option-readers.js";

/*
 * Logical sessions are only names here: there is nothing that lives in one but cursors.
 */

const TIMEOUT_MINUTES = 30;
const sessionIds = read.required(read.documents);

const startSession = defineCommand({
  name: "startSession",
  options: { startSession: read.anyValue },
  run: () => plainReply({ id: { id: new UUID(randomUUID()) }, timeoutMinutes: TIMEOUT_MINUTES }),
});

const refreshSessions = defineCommand({
  name: "refreshSessions",
  options: { refreshSessions: sessionIds },
  run: (_context, { refreshSessions: sessions }) => {
    sessions.forEach(readSession);
    return plainReply();
  },
});

const endSessions = defineCommand({
  name: "endSessions",
  options: { endSessions: sessionIds },
  run: (context, { endSessions: sessions }) => closeCursors(context, sessions),
});

const killSessions = defineCommand({
  name: "killSessions",
  options: { killSessions: sessionIds },
  run: (context, { killSessions: sessions }) => closeCursors(context, sessions),
});

function closeCursors({ cursors }: CommandContext, sessions: readonly RawDocument[]) {
  cursors.killSessions(new Set(sessions.map(readSession)));
  return plainReply();
}

/** There are no users whose sessions could be told apart: only all of them, `[]`, can be named. */
const killAllSessions = defineCommand({
  name: "killAllSessions",
  options: {
    killAllSessions: read.unsupported("there are no users, so the list must be empty"),
  },
  run: ({ cursors }) => {
    cursors.closeAll();
    return plainReply();
  },
});

export const sessionCommands = [
  startSession,
  refreshSessions,
  endSessions,
  killSessions,
  killAllSessions,
];
