/** Headlines for the reasons that the service gives; its own words stand below them. */

const ENDINGS: ReadonlyMap<string, string> = new Map([
  ["expired_by_administrator", "Your session was ended by an administrator"],
  ["ended_by_user", "You have ended your session"],
  ["idle", "You were away for a while"],
  ["disconnected", "Your session has ended"],
  ["max_duration", "Your session has reached its time limit"],
  ["fleet_stopped", "The fleet has been stopped"],
  ["instance_lost", "Your session's machine has failed"],
  ["service_stopped", "The service has been stopped"],
  ["user_deleted", "Your account has been removed"],
  ["user_disabled", "Your account has been disabled"],
  ["unclaimed", "This session was never started"],
]);

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["invalid_url", "This link is not valid"],
  ["expired_url", "This link has expired"],
  ["used_url", "This link has already been used"],
  ["no_session", "There is no session here"],
  ["not_offered", "This application is no longer offered"],
  ["fleet_not_running", "The fleet is not running"],
  ["no_capacity", "No place is free right now"],
  ["cross_site", "This page cannot be used from here"],
]);

export function endingHeadline(reason: string): string {
  return ENDINGS.get(reason) ?? "Your session has ended";
}

export function refusalHeadline(code: string): string {
  return REFUSALS.get(code) ?? "This session cannot be opened";
}

/** Refusals that may be gone a little later. */
export function isPassing(code: string): boolean {
  return ["fleet_not_running", "no_capacity"].includes(code);
}
