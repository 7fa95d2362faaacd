import type { Intent, JournalEntry, RecordedResource } from "../../../src/core/state/state.js";

export function resource(id: string): RecordedResource {
  return { kind: "rooms/*", id, applied: { subject: `Subject of ${id}` } };
}

export function recordEntry(address: string): JournalEntry {
  return { type: "record", address, resource: resource(`id of ${address}`) };
}

export function intent(address: string): Intent {
  return {
    address,
    kind: "rooms/*",
    operation: "postChatsRooms",
    body: { subject: "Bridge", userIds: ["u1"] },
    at: "2026-01-02T03:04:05.000Z",
    record: { applied: {} },
    effects: [{ path: "/subject", set: "Bridge" }],
  };
}

export function intentEntry(address: string): JournalEntry {
  return { type: "intent", intent: intent(address) };
}
