/** The little of pointer events that jsdom lacks. */

class PointerEventOfMouse extends MouseEvent {
  readonly pointerId: number;
  readonly isPrimary: boolean;

  constructor(type: string, init: PointerEventInit = {}) {
    super(type, init);
    this.pointerId = init.pointerId ?? 0;
    this.isPrimary = init.isPrimary ?? false;
  }
}

Object.assign(globalThis, { PointerEvent: PointerEventOfMouse });
