import type { Json } from "../../core/json/json.js";
import { asJson, canonicalJson, isObject } from "../../core/json/json.js";
import type { OperationCall, Handlers } from "../handler.js";
import { pathParam } from "../handler.js";
import type { Refusal } from "../input/refusal.js";
import { notFound, refuse } from "../input/refusal.js";
import type { LaggedValue } from "../org/lagged-value.js";
import { requireUser } from "../org/lookup.js";
import type { OrgSettings, UserSettings } from "../org/settings.js";
import type { User } from "../org/users.js";
import { defaultOrgSettings, defaultUserSettings } from "../org/settings.js";

/** Returns the values that a write with omitted members starts from. */
function startingValues<T>(mode: "reset" | "keep", kept: T, defaults: T): T {
  return mode === "reset" ? defaults : kept;
}

function changeOrg(call: OperationCall<Partial<OrgSettings>>, mode: "reset" | "keep"): Json | undefined {
  const cell = call.org.settings;
  return store(call, cell, { ...startingValues(mode, cell.latest(), defaultOrgSettings), ...call.body });
}

/** Changes a user's settings by PATCH. @param defaults of the members that this operation may reset */
function changeUser(
  call: OperationCall<Partial<UserSettings>>,
  user: User,
  defaults: Partial<UserSettings>,
): Json | undefined {
  const reset = call.variants.patchSettings === "reset" ? defaults : {};
  return store(call, user.settings, { ...user.settings.latest(), ...reset, ...call.body });
}

/** Stores settings. @returns the response, as the variant `settingsResponse` says */
function store<T extends object>(
  { body, variants }: OperationCall<Partial<T>>,
  cell: LaggedValue<T>,
  settings: T,
): Json | undefined {
  const before = cell.latest();
  if (variants.settingsResponse !== "echo") cell.write(settings);
  switch (variants.settingsResponse) {
    case "whole":
    case "echo":
      return asJson(settings);
    case "sent":
      return asJson(body);
    case "old":
      return asJson(before);
    case "empty":
      return {};
    case "none":
      return undefined;
  }
}

/** Returns the calling user. A client without a user gets the default settings. */
function callingUser(call: OperationCall<unknown>): User {
  return call.caller.isUser
    ? requireUser(call, call.caller.id)
    : { ...nobody, id: call.caller.id, settings: call.org.cell(defaultUserSettings) };
}

/** Returns the user in the path, whose settings may outlast their departure. @throws Refusal 404 */
function userInPath(call: OperationCall<unknown>): User {
  const id = pathParam(call, "userId");
  const user = call.org.users.get(id);
  return user !== undefined && call.variants.departedSettings === 200 ? user : requireUser(call, id);
}

/** Returns the caller's settings. @throws Refusal 404 for default settings, in the variant `defaultOwnSettings=404` */
function ownSettings(call: OperationCall<unknown>): UserSettings {
  const settings = callingUser(call).settings.seen();
  if (call.variants.defaultOwnSettings === 404 && areDefault(settings)) throw noOwnSettings(call);
  return settings;
}

/** Resets the caller's settings. @throws Refusal 404 for default settings, or 405, according to the variants */
function resetOwnSettings(call: OperationCall<unknown>): undefined {
  const { settings } = callingUser(call);
  const status = call.variants.resetOwnSettings;
  if (status === 405) throw refuse("method.not.allowed", "DELETE is not a method of own settings.");
  if (status === 404 && areDefault(settings.latest())) throw noOwnSettings(call);
  settings.write(defaultUserSettings);
}

function areDefault(settings: UserSettings): boolean {
  return canonicalJson(asJson(settings)) === canonicalJson(asJson(defaultUserSettings));
}

function noOwnSettings({ caller }: OperationCall<unknown>): Refusal {
  return notFound("settings of the user", caller.id);
}

const nobody = { name: "", email: "", state: "active", jabberId: "" } as const;

export const settingsHandlers: Handlers<
  | "getChatsSettings"
  | "putChatsSettings"
  | "patchChatsSettings"
  | "getChatsUserSettings"
  | "patchChatsUserSettings"
  | "getChatsUsersMeSettings"
  | "patchChatsUsersMeSettings"
  | "postChatsUsersMeSettings"
  | "deleteChatsUsersMeSettings"
> = {
  getChatsSettings: (call) => call.org.settings.seen(),
  putChatsSettings: (call) => changeOrg(call, call.variants.putSettings),
  patchChatsSettings: (call) => changeOrg(call, call.variants.patchSettings),
  getChatsUserSettings: (call) => {
    const { mobile } = userInPath(call).settings.seen();
    return { mobile };
  },
  patchChatsUserSettings: (call) => {
    const response = changeUser(call, userInPath(call), {});
    return isObject(response) ? { mobile: response["mobile"] } : response;
  },
  getChatsUsersMeSettings: ownSettings,
  patchChatsUsersMeSettings: (call) => changeUser(call, callingUser(call), defaultUserSettings),
  postChatsUsersMeSettings: (call) => {
    changeUser(call, callingUser(call), defaultUserSettings);
    return undefined;
  },
  deleteChatsUsersMeSettings: resetOwnSettings,
};
