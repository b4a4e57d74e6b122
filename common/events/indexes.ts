export { eventIndexes } from "./log-repository.js";
export { accountOutboxIndexes, outboxIndexes } from "./outbox-repository.js";
