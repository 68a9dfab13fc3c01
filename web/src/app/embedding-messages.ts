/** What a page that embeds a session and the session's page say to each other. */

export type FromHost =
  | { readonly ownstream: "hello"; readonly hidden: readonly string[] }
  | { readonly ownstream: "endSession" }
  | { readonly ownstream: "launchApp"; readonly application: string }
  | { readonly ownstream: "launchAppSwitcher" };

export interface SessionState {
  readonly sessionStatus: "Unknown" | "Reserved" | "Started" | "Disconnected" | "Ended";
  readonly sessionTerminationReason: string;
  readonly sessionDisconnectionReason: string;
}

export interface InterfaceState {
  readonly hiddenElements: readonly string[];
  readonly isFullscreen: boolean;
  readonly isSoftKeyboardVisible: boolean;
}

export interface ErrorState {
  readonly errorCode: number;
  readonly errorMessage: string;
}

export type ToHost =
  | { readonly ownstream: "ready" }
  | { readonly ownstream: "session"; readonly state: Readonly<Record<keyof SessionState, string>> }
  | { readonly ownstream: "interface"; readonly state: Readonly<Record<string, unknown>> }
  | { readonly ownstream: "error"; readonly state: Readonly<Record<string, unknown>> };
