/**
 * Fingers over the picture, for a remote display that knows only a mouse: a tap clicks, a finger that moves
 * turns the wheel, one that rests presses the right button. One finger counts; a second one ends it. No DOM.
 */
export interface Finger {
  readonly pointerId: number;
  readonly clientX: number;
  readonly clientY: number;
}

export interface TouchActs {
  /** The pointer goes there. */
  readonly at: (finger: Finger) => void;
  /** Pixels that the wheel turns. */
  readonly turn: (deltaX: number, deltaY: number) => void;
  /** RFB's button mask. */
  readonly click: (button: number) => void;
}

const buttons = { left: 1, right: 4 } as const;
/** A finger that lies still for so long means the right button, as on the terminal itself. */
const longPressMs = 500;
/** A finger never lies quite still. */
const slackPx = 10;

export function followTouch({ at, turn, click }: TouchActs): {
  readonly down: (finger: Finger) => void;
  readonly move: (finger: Finger) => void;
  readonly up: (finger: Finger) => void;
  readonly cancel: () => void;
} {
  let first: { readonly id: number; x: number; y: number; moves: boolean } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const cancel = (): void => {
    clearTimeout(timer);
    first = undefined;
  };
  return {
    cancel,
    down(finger) {
      if (first) {
        cancel();
        return;
      }
      first = { id: finger.pointerId, x: finger.clientX, y: finger.clientY, moves: false };
      at(finger);
      timer = setTimeout(() => {
        cancel();
        click(buttons.right);
      }, longPressMs);
    },
    move(finger) {
      if (first?.id !== finger.pointerId) return;
      const [x, y] = [first.x - finger.clientX, first.y - finger.clientY];
      if (!first.moves && Math.hypot(x, y) < slackPx) return;
      clearTimeout(timer);
      // The page follows the finger: it goes up when the wheel turns down.
      turn(x, y);
      first = { id: first.id, x: finger.clientX, y: finger.clientY, moves: true };
    },
    up(finger) {
      if (first?.id !== finger.pointerId) return;
      const { moves } = first;
      cancel();
      if (!moves) click(buttons.left);
    },
  };
}
