/** The little of pointer events and of sizes that jsdom lacks. */

class PointerEventOfMouse extends MouseEvent {
  readonly pointerId: number;
  readonly isPrimary: boolean;
  readonly pointerType: string;

  constructor(type: string, init: PointerEventInit = {}) {
    super(type, init);
    this.pointerId = init.pointerId ?? 0;
    this.isPrimary = init.isPrimary ?? false;
    this.pointerType = init.pointerType ?? "";
  }
}

const nothing = (): void => undefined;

/** Without layout no size ever changes. */
class ResizeObserverOfNothing implements ResizeObserver {
  readonly observe = nothing;
  readonly unobserve = nothing;
  readonly disconnect = nothing;
}

Object.assign(globalThis, {
  PointerEvent: PointerEventOfMouse,
  ResizeObserver: ResizeObserverOfNothing,
});
