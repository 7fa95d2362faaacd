/** A local Genesys Cloud chat API for trials, tests and demos. */
export { startEmulator } from "./emulator.js";
export type { Emulator } from "./emulator.js";
export type { TokenOptions } from "./control.js";
export type { EmulatorOptions } from "./options.js";
export { defaultVariants } from "./variants.js";
export type { NoChangeStatus, Variants } from "./variants.js";
export type { RateLimit } from "./server/rate-limit.js";
export type { OAuthClient } from "./server/tokens.js";
export type { FaultAction, FaultMatch, FaultRule } from "./server/faults.js";
export type { LoggedRequest } from "./server/request-log.js";
export type { OrgChange } from "./org/changes.js";
export { defaultSeed } from "./org/seed.js";
export type { MessageSeed, OneOnOneSeed, OrgSeed, RoomSeed, SourceSeed, UserSeed } from "./org/seed.js";
export { SeedError } from "./org/load.js";
export { parseFaults, parseSeed } from "./input/input-files.js";
export { parseVariants, variantValues } from "./variant-values.js";
