/** The little of pointer events, of pixels and of sizes that jsdom lacks. */

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

class ImageDataOfPixels {
  readonly data: Uint8ClampedArray;

  constructor(data: Uint8ClampedArray) {
    this.data = data;
  }
}

Object.assign(globalThis, {
  ImageData: ImageDataOfPixels,
  PointerEvent: PointerEventOfMouse,
  ResizeObserver: ResizeObserverOfNothing,
});
