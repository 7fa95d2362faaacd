/** A local Genesys Cloud chat API, for trying, testing and demos. */
export { startEmulator } from "./emulator.js";
export type { Emulator, TokenOptions } from "./emulator.js";
export type { EmulatorOptions } from "./options.js";
export { defaultVariants } from "./variants.js";
export type { AlreadySo, Variants } from "./variants.js";
export type { RateLimit } from "./rate-limit.js";
export type { OAuthClient } from "./tokens.js";
export type { FaultAction, FaultMatch, FaultRule } from "./faults.js";
export type { LoggedRequest } from "./log.js";
export type { OrgChange } from "./changes.js";
export { defaultSeed } from "./seed.js";
export type { GroupSeed, MessageSeed, OneOnOneSeed, OrgSeed, RoomSeed, UserSeed } from "./seed.js";
export { SeedError } from "./load.js";
export { parseFaults, parseSeed } from "./input.js";
export { parseVariants, variantValues } from "./variant-values.js";
