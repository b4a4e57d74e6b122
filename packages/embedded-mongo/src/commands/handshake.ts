import { MAX_MESSAGE_BYTES } from "../wire/frame-reader.js";
import { type CommandContext, defineCommand, plainReply } from "./command.js";
import { MAX_BATCH_STATEMENTS, MAX_DOCUMENT_BYTES } from "./limits.js";
import {
  anyValue,
  boolean,
  document,
  unsupported,
  values,
  withoutEffect,
} from "./option-readers.js";
import { ANY_OTHER } from "./options.js";

/** Wire version of MongoDB 8.0. */
const MAX_WIRE_VERSION = 25;
const SESSION_TIMEOUT_MINUTES = 30;

const HELLO_OPTIONS = {
  client: document,
  helloOk: boolean,
  // None is offered in the reply, which means that none is used.
  compression: values,
  speculativeAuthenticate: withoutEffect,
  saslSupportedMechs: withoutEffect,
  // Refusing it here would leave drivers waiting for another server, instead of telling their users why.
  apiStrict: boolean,
  loadBalanced: unsupported("there is no load balancer in front of this server"),
  // Only a server that sent a topologyVersion would be asked to wait for a change of it.
  topologyVersion: unsupported("hello is not streamed"),
  maxAwaitTimeMS: unsupported("hello is not streamed"),
  // The one command with which drivers find out what a server knows: what it does not mention, it does not know.
  [ANY_OTHER]: withoutEffect,
};

function describeServer({ now, client }: CommandContext): Record<string, unknown> {
  return {
    helloOk: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_BATCH_STATEMENTS,
    localTime: now(),
    logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
    connectionId: client.connectionId,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
  };
}

const hello = defineCommand({
  name: "hello",
  options: { hello: anyValue, ...HELLO_OPTIONS },
  run: (context) => plainReply({ isWritablePrimary: true, ...describeServer(context) }),
});

const isMaster = defineCommand({
  name: "isMaster",
  options: { isMaster: anyValue, ...HELLO_OPTIONS },
  run: (context) => plainReply({ ismaster: true, ...describeServer(context) }),
});

const ismaster = defineCommand({
  name: "ismaster",
  options: { ismaster: anyValue, ...HELLO_OPTIONS },
  run: (context) => plainReply({ ismaster: true, ...describeServer(context) }),
});

const ping = defineCommand({ name: "ping", options: { ping: anyValue }, run: () => plainReply() });

/** The commands that open a connection and keep it. */
export const handshakeCommands = [hello, isMaster, ismaster, ping];
