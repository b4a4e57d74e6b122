import { arch, cpus, hostname, release, totalmem, type } from "node:os";
import { memoryUsage } from "node:process";
import { toJs } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { type CommandContext, defineCommand, plainReply } from "./command.js";
import { MAX_DOCUMENT_BYTES } from "./limits.js";
import * as read from "./option-readers.js";
import { ANY_OTHER } from "./options.js";

/** The version of MongoDB whose behaviour is followed. */
const VERSION = "8.0.0";
const FEATURE_VERSION = "8.0";
const MAX_OPEN_CONNECTIONS = 2000;

const buildInfo = defineCommand({
  name: "buildInfo",
  options: { buildInfo: read.anyValue },
  run: () => describeBuild(),
});

const buildinfo = defineCommand({
  name: "buildinfo",
  options: { buildinfo: read.anyValue },
  run: () => describeBuild(),
});

function describeBuild() {
  return plainReply({
    version: VERSION,
    versionArray: [...VERSION.split(".").map(Number), 0],
    gitVersion: "unknown",
    modules: ["embedded-mongo"],
    allocator: "system",
    javascriptEngine: "none",
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["lmdb"],
  });
}

const hostInfo = defineCommand({
  name: "hostInfo",
  options: { hostInfo: read.anyValue },
  run: ({ now }) =>
    plainReply({
      system: {
        currentTime: now(),
        hostname: hostname(),
        cpuAddrSize: 64,
        memSizeMB: Math.floor(totalmem() / 1024 / 1024),
        numCores: cpus().length,
        cpuArch: arch(),
      },
      os: { type: type(), name: type(), version: release() },
      extra: {},
    }),
});

const connectionStatus = defineCommand({
  name: "connectionStatus",
  options: { connectionStatus: read.anyValue, showPrivileges: read.boolean },
  run: (_context, { showPrivileges = false }) => {
    const nobody = { authenticatedUsers: [], authenticatedUserRoles: [] };
    const privileges = showPrivileges ? { authenticatedUserPrivileges: [] } : {};
    return plainReply({ authInfo: { ...nobody, ...privileges } });
  },
});

const serverStatus = defineCommand({
  name: "serverStatus",
  // Sections are asked for by name: { repl: 0 }. Those that exist are always told.
  options: { serverStatus: read.anyValue, [ANY_OTHER]: read.withoutEffect },
  run: (context) => plainReply(describeStatus(context)),
});

function describeStatus({ now, status, cursors, store }: CommandContext): Record<string, unknown> {
  const uptimeMillis = now().getTime() - status.startedAt.getTime();
  const { current, totalCreated } = status.connections();
  const commands = [...status.commandCounts].map(([name, total]) => [name, { total }]);
  return {
    host: hostname(),
    version: VERSION,
    process: "embedded-mongo",
    pid: status.processId,
    uptime: Math.floor(uptimeMillis / 1000),
    uptimeMillis,
    localTime: now(),
    connections: { current, available: MAX_OPEN_CONNECTIONS - current, totalCreated },
    mem: { bits: 64, resident: Math.floor(memoryUsage().rss / 1024 / 1024), supported: true },
    metrics: {
      cursor: { timedOut: cursors.timedOut, open: { total: cursors.open } },
      commands: Object.fromEntries(commands) as Record<string, unknown>,
    },
    storageEngine: {
      name: "lmdb",
      persistent: true,
      supportsCommittedReads: false,
      fileBytes: store.environment.sizeOnDiskBytes(),
    },
  };
}

const PARAMETERS: Readonly<Record<string, unknown>> = {
  featureCompatibilityVersion: { version: FEATURE_VERSION },
  enableTestCommands: false,
  requireApiVersion: false,
};

const getParameter = defineCommand({
  name: "getParameter",
  // The parameters that are asked for stand beside it by name, unless it asks for all: { getParameter: "*" }.
  options: { getParameter: read.required(read.anyValue), [ANY_OTHER]: read.anyValue },
  run: (_context, options) => {
    const isForAll = toJs(options.getParameter) === "*";
    const asked = Object.entries(PARAMETERS).filter(
      ([name]) => isForAll || Object.hasOwn(options, name),
    );
    if (asked.length === 0) throw new CommandError("InvalidOptions", "no option found to get");
    return plainReply(Object.fromEntries(asked));
  },
});

const getLog = defineCommand({
  name: "getLog",
  options: { getLog: read.required(read.text) },
  run: () => plainReply({ totalLinesWritten: 0, log: [] }),
});

const getCmdLineOpts = defineCommand({
  name: "getCmdLineOpts",
  options: { getCmdLineOpts: read.anyValue },
  run: () => plainReply({ argv: [], parsed: {} }),
});

/** What shells and graphical tools ask when they connect. */
export const diagnosticCommands = [
  buildInfo,
  buildinfo,
  hostInfo,
  connectionStatus,
  serverStatus,
  getParameter,
  getLog,
  getCmdLineOpts,
];
