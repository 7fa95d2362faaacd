import type { Variants } from "../../../src/emulator/index.js";

/** Ways in which the service may treat departed users and list people. */
export const monthVariants: Readonly<Record<string, Partial<Variants>>> = {
  "the likelier service": {},
  "a service that knows no departed users": {
    ...{ removeDepartedParticipant: 404, addDepartedParticipant: 400, departedInBody: 400 },
    ...{ emptyResults: "404", searchStates: "active", stateAny: "active", unknownIds: "404" },
    ...{ readInactive: 404, inactiveMembers: "omit", totals: "all" },
  },
  "a service that lists departed users everywhere": {
    ...{ removeDepartedParticipant: 403, addDepartedParticipant: 409, departedInBody: 409 },
    ...{ searchStates: "any", deletedMembers: "list", departedSettings: 200 },
    ...{ queueMembers: "references", nextUris: false, nameFilter: "prefix", nameCase: "exact" },
  },
  "a service whose rosters keep departed users": {
    ...{ departedInRoster: "kept", inactiveInChat: "departed", searchCase: "exact" },
    ...{ unknownIds: "404", maxIds: 50, nameFilter: "exact", emptyResults: "omit" },
  },
};
