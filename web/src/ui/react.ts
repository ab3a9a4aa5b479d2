// As much of React as the virtual list asks for, and `memo`: preact/compat would be 2 KB more.
import { Component, h, options, type ComponentType } from 'preact';
export { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

type Later = (render: () => void) => void;

/** Renders what `act` changes before it returns. */
export function flushSync(act: () => void): void {
  const scheduler = options as { debounceRendering?: Later };
  const before = scheduler.debounceRendering;
  let render: (() => void) | undefined;
  scheduler.debounceRendering = (later) => { render = later; };
  try {
    act();
    render?.();
  } finally {
    scheduler.debounceRendering = before;
  }
}

/** Renders again only when a property changed. */
export function memo<P extends object>(Inner: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof P>;
      return [...keys].some((key) => this.props[key] !== next[key]);
    }
    override render() { return h(Inner, this.props); }
  };
}
